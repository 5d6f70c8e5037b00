package objectstore

import (
	"slices"
	"strings"
	"testing"
)

func TestAnAddressNamesAnObjectAFolderOrAPattern(t *testing.T) {
	keys := []string{"a/1.csv", "a/2.csv", "a/_SUCCESS", "a/.x/3.csv", "a/b/4.csv", "a/", "ab/5.csv", "c1/6.csv", "c2/7.csv", "c2/d/8.csv"}
	for name, want := range map[string]string{
		"s3://x/a":          "a:a/1.csv a:a/2.csv a:a/b/4.csv",
		"s3://x/a/":         "a:a/1.csv a:a/2.csv a:a/b/4.csv",
		"s3://x/a/1.csv":    "a/1.csv:a/1.csv",
		"s3://x/a/*.csv":    "a/1.csv:a/1.csv a/2.csv:a/2.csv",
		"gs://x/c[12]":      "c1:c1/6.csv c2:c2/7.csv c2:c2/d/8.csv",
		"gs://x/c?/*.csv":   "c1/6.csv:c1/6.csv c2/7.csv:c2/7.csv",
		"s3://x/*/b":        "a/b:a/b/4.csv",
		"s3://x/a/_SUCCESS": "a/_SUCCESS:a/_SUCCESS",
	} {
		a, err := parse(name)
		if err != nil {
			t.Fatal(err)
		}
		var listed []Object
		for _, k := range slices.Backward(keys) {
			listed = append(listed, Object{URL: address{a.scheme, a.bucket, k}.String()})
		}
		begin := address{a.scheme, a.bucket, ""}.String()
		found, err := choose(a, listed, func(o Object) string { return strings.TrimPrefix(o.URL, begin) })
		var got []string
		for _, o := range found {
			got = append(got, strings.TrimPrefix(o.Root, begin)+":"+strings.TrimPrefix(o.URL, begin))
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v, want %s", name, got, err, want)
		}
	}
}

func TestAnAddressThatIsNoneIsRefusedWithoutItsSecrets(t *testing.T) {
	for name, want := range map[string]string{
		"http://x/a":             `the scheme "http" is not known; use s3:// or gs://`,
		"s3://x":                 "the address is not whole",
		"s3:///a":                "the address is not whole",
		"s3://key:geheim@bucket": "holds what looks like a secret",
	} {
		if _, err := List(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
