package ingest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

// together puts parts, in their order, into one result.
func together(p *Parts, parts []*Result) *Result {
	out := &Result{Audit: p.Audit, Panel: &demand.Panel{}, Future: &demand.Future{}}
	*out.Panel, *out.Future = *p.Frame, *parts[0].Future
	out.Future.Keys, out.Future.Static, out.Future.Events = p.Frame.Keys, p.Frame.Static, p.Frame.Events
	marks := func(of func(*demand.Panel) []bool) (all []bool) {
		any := false
		for _, r := range parts {
			any = any || of(r.Panel) != nil
			all = append(all, append(of(r.Panel), make([]bool, r.Panel.Cells()-len(of(r.Panel)))...)...)
		}
		if !any {
			return nil
		}
		return all
	}
	out.Panel.Filled = marks(func(p *demand.Panel) []bool { return p.Filled })
	out.Panel.Censored = marks(func(p *demand.Panel) []bool { return p.Censored })
	columns := func(of func(*Result) []demand.Column) (all []demand.Column) {
		for i, c := range of(parts[0]) {
			c.V = nil
			for _, r := range parts {
				c.V = append(c.V, of(r)[i].V...)
			}
			all = append(all, c)
		}
		return all
	}
	out.Panel.X = columns(func(r *Result) []demand.Column { return r.Panel.X })
	out.Future.X = columns(func(r *Result) []demand.Column { return r.Future.X })
	for _, r := range parts {
		out.Panel.Y = append(out.Panel.Y, r.Panel.Y...)
	}
	return out
}

// readParts reads with so much memory, reads each part twice, and returns all parts together and their number.
func readParts(t *testing.T, s Spec, memory int64) (*Result, int, error) {
	t.Helper()
	s.Memory, s.TempDir = memory, t.TempDir()
	var looked []int
	p, err := Open(t.Context(), s, func(r *Result) { looked = append(looked, r.First) })
	defer func() {
		if left, err := os.ReadDir(s.TempDir); err != nil || len(left) > 0 {
			t.Errorf("%d files are left, %v", len(left), err)
		}
	}()
	if err != nil {
		return nil, 0, err
	}
	defer p.Close()
	var parts []*Result
	for k := range p.Len() {
		r, err := p.Read(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := p.Read(t.Context(), k); err != nil || cmp.Diff(r, again, sameBits) != "" {
			t.Errorf("part %d is another one when it is read again, %v", k, err)
		}
		lo, hi := p.Range(k)
		if r.First != lo || looked[k] != lo || r.Panel.Len() != hi-lo {
			t.Errorf("part %d has %d series from %d on, looked at from %d on; want %d to %d", k, r.Panel.Len(), r.First, looked[k], lo, hi)
		}
		if err := r.Panel.Check(); err != nil {
			t.Error(err)
		}
		parts = append(parts, r)
	}
	return together(p, parts), p.Len(), nil
}

// oneSeries is memory for the cells of one series of newFeed, with two features, and no more.
const oneSeries = partShare * (25*(10+18+13) + 5*8*(2+forecastColumns))

func TestPartsAreTogetherWhatOneReadGives(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		f := newFeed(seed, seed%2 == 1)
		d := newFolder(t)
		items := d.csv("items.csv", "item_id,colour", "item_0,red", "item_1,blue", "item_3,red", "item_9,green")
		stores := d.csv("stores.csv", "store_id,size", "s1,large", "Zürich,small")
		files := [][2]string{
			{d.write("t.csv", csvOf(f.target, []int{0, 1, 2, 3}, "\n")), d.write("r.csv", csvOf(f.related, []int{0, 1, 2, 3, 4}, "\n"))},
			{d.write("t.pq", targetParquetOf(t, f.target, 30)), d.write("r.pq", relatedParquetOf(t, f.related, 20))},
		}
		for _, file := range files {
			s := feedSpec(file[0], file[1], 1)
			s.Items, s.Stores = items, stores
			s.Features = []Feature{{Name: "price", Role: demand.Price, Lag: 7}, {Name: "promotion", Role: demand.InStock}}
			s.Filling = map[string]Filling{"demand": {Middle: Fill{rule: fillMedian}}}
			want := mustRead(t, s)
			for _, s.Workers = range []int{1, 3} {
				for _, memory := range []int64{oneSeries, 3 * oneSeries, 1 << 30} {
					got, n, err := readParts(t, s, memory)
					if err != nil {
						t.Fatal(err)
					}
					if memory == oneSeries && n != want.Panel.Len() || memory == 1<<30 && n != 1 {
						t.Errorf("%d bytes: %d parts of %d series", memory, n, want.Panel.Len())
					}
					sameResult(t, fmt.Sprintf("%s, %d workers, %d parts", file[0], s.Workers, n), want, got)
				}
			}
		}
	}
}

func TestPartsAreOfWholeSteps(t *testing.T) {
	t.Parallel()
	s := daily(newFolder(t).write("t.csv", panelShape{items: 10, stores: 2, days: 30}.targetCSV()))
	s.Step, s.Memory = 3, partShare*3*(30*10+int64(s.Horizon)*8*forecastColumns)
	p, err := Open(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Len() != 7 {
		t.Errorf("%d parts, want 7", p.Len())
	}
	for k := range p.Len() {
		if lo, _ := p.Range(k); lo != 3*k {
			t.Errorf("part %d begins with series %d", k, lo)
		}
	}
	s.Memory--
	if _, err = Open(t.Context(), s, nil); err == nil || !strings.Contains(err.Error(), "the 3 series from HOBBIES_1_000@CA_1 on take") {
		t.Errorf("got %v", err)
	}
}

func TestAFaultIsTheSameInPartsAsInOneRead(t *testing.T) {
	t.Parallel()
	shape := panelShape{items: 4, stores: 2, days: 30}
	ahead := shape
	ahead.days += 5
	target, related := string(shape.targetCSV()), string(ahead.relatedCSV())
	last := func(text string) string { return text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:] }
	for name, c := range map[string]struct{ target, related string }{
		"rows of the target there twice":    {target + last(target) + strings.Split(target, "\n")[1] + "\n", related},
		"related rows there twice":          {target, related + last(related) + strings.Split(related, "\n")[1] + "\n"},
		"related rows that end early":       {target, string(shape.relatedCSV())},
		"a series without related rows":     {target, strings.ReplaceAll(related, "HOBBIES_1_002,CA_2", "HOBBIES_1_009,CA_2")},
		"a value missing ahead":             {target, strings.TrimSuffix(related, last(related))},
		"related rows that are too coarse":  {target, everySeventhDay(related)},
		"values missing in the past":        {target, strings.Replace(related, "2011-02-03", "2010-02-03", 2)},
		"a negative demand in the last row": {strings.TrimSpace(target) + "1\nHOBBIES_1_003,CA_2,2011-03-01,-1\n", related},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newFolder(t)
			s := daily(d.write("t.csv", []byte(c.target)))
			s.Related, s.Horizon, s.StrictRelated = []string{d.write("r.csv", []byte(c.related))}, 5, true
			_, want := Read(t.Context(), s)
			_, _, got := readParts(t, s, partShare*(30*(10+27)+5*8*(3+forecastColumns)))
			if want == nil || got == nil || want.Error() != got.Error() {
				t.Errorf("one read: %v\nin parts: %v", want, got)
			}
		})
	}
}

// everySeventhDay keeps every seventh day of related rows.
func everySeventhDay(related string) string {
	lines := strings.Split(related, "\n")
	out := lines[:1:1]
	for i, line := range lines[1:] {
		if i%35%7 == 0 {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func TestAFolderForRowsThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	s := daily(newFolder(t).write("t.csv", panelShape{items: 10, stores: 2, days: 30}.targetCSV()))
	s.Memory, s.TempDir = partShare*(30*10+int64(s.Horizon)*8*forecastColumns), t.TempDir()+"/nowhere"
	_, err := Open(t.Context(), s, nil)
	if err == nil || !strings.Contains(err.Error(), "nowhere") || !strings.Contains(err.Error(), "run.temp_dir") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestImportsInPartsAreTogetherWhatOneReadGives(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	target := []string{"item_id,store_id,timestamp,demand"}
	for _, key := range []string{"x,s", "x,t", "y,s", "y,t"} {
		for day := range 10 {
			target = append(target, fmt.Sprintf("%s,2024-01-%02d,%d", key, day+1, day))
		}
	}
	d.csv("tts/1.csv", target...)
	d.csv("tts/2.csv", target[0], "x,t,2024-01-02,1", "x,t,2024-01-03,9", "y,s,2024-01-02,9", "y,t,2024-01-11,3")
	price := func(of float64, items ...string) []string {
		lines := []string{"item_id,timestamp,price"}
		for _, item := range items {
			for day := range 12 {
				lines = append(lines, fmt.Sprintf("%s,2024-01-%02d,%g", item, day+1, of+float64(day/6)))
			}
		}
		return lines
	}
	d.csv("rts/1.csv", price(2, "x", "y", "z")...)
	d.csv("rts/2.csv", price(2, "x")[:9]...)
	d.csv("rts/3.csv", append([]string{"item_id,timestamp,price"}, price(1, "y")[5:]...)...)
	s := incremental(1, d.path+"/tts")
	s.Related, s.Censoring = []string{d.path + "/rts"}, Uncensored
	want := mustRead(t, s)
	if in := want.Audit.Related; in.Corrected == 0 || in.Repeated == 0 || want.Audit.Target.Corrected == 0 || want.Audit.Target.Repeated == 0 {
		t.Fatalf("nothing was corrected, or nothing repeated: %+v", in)
	}
	for _, s.Workers = range []int{1, 3} {
		got, n, err := readParts(t, s, partShare*(11*(10+9+48)+int64(s.Horizon)*8*(1+forecastColumns)))
		if err != nil || n != 4 {
			t.Fatalf("%d parts, %v", n, err)
		}
		sameResult(t, fmt.Sprintf("%d workers", s.Workers), want, got)
	}
}
