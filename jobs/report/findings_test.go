package report

import (
	"bytes"
	"strings"
	"testing"

	"shelfcast/evaluate/audit"
)

func TestFindingsAreShownGravestFirstWithAPicture(t *testing.T) {
	t.Parallel()
	one, two := 1.0, 40.0
	r := &Report{BusinessDate: "2026-01-31", Frequency: "D", Findings: []audit.Finding{
		{Code: "D002", Severity: audit.Info, What: "gaps <b>", Count: 3, Of: 10, Unit: "periods", Effect: "they count as zero", Decides: "input.filling"},
		{Code: "V003", Severity: audit.Warning, What: "outliers", Count: 1, Unit: "periods", Effect: "used", Examples: []audit.Example{
			{Where: "milk@s1 at 2026-01-02", Text: "40 units", Seen: []*float64{&one, nil, &two}, Mark: 2},
			{Where: "w2", Text: "t"},
			{Where: "w3", Text: "t"},
			{Where: "w4", Text: "t"},
		}},
	}}
	var html, text, found bytes.Buffer
	if err := r.WriteHTML(&html); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := WriteFindings(&found, r.Findings); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"gaps &lt;b&gt;", "3 of 10 periods (30 %)", "input.filling decides", `class="spark"`, `M217.0 0V34`, "M3.0 30.3M217.0 3.0", "milk@s1 at 2026-01-02: 40 units"} {
		if !strings.Contains(html.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, want := range []string{"warning V003: outliers, 1 periods", "info D002: gaps <b>, 3 of 10 periods (30 %)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
	for name, s := range map[string]string{"page": html.String(), "text": text.String(), "list": found.String()} {
		if strings.Index(s, "V003") > strings.Index(s, "D002") {
			t.Errorf("%s: the warning does not come before the information", name)
		}
	}
	if s := found.String(); !strings.Contains(s, "- w3: t\n") || strings.Contains(s, "w4") || !strings.Contains(s, "and 1 more in the JSON") {
		t.Errorf("the list names other examples than the first three:\n%s", s)
	}
}
