package ingest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

func incremental(workers int, target ...string) Spec {
	s := daily(target...)
	s.Import, s.Workers = Incremental, workers
	return s
}

func TestANewerImportAppendsAndCorrectsAndEachIsCounted(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	d.csv("in/2024-01-04.csv", "item_id,timestamp,demand", "a,2024-01-02,20", "b,2024-01-02,7", "a,2024-01-04,4", "b,2024-01-04,")
	d.csv("in/2024-01-05/part-1.csv", "item_id,timestamp,demand", "a,2024-01-05,5")
	d.csv("in/2024-01-05/part-2.csv", "item_id,timestamp,demand", "a,2024-01-02,21", "b,2024-01-01,6")
	d.csv("in/2024-01-03.csv", "item_id,timestamp,demand", "a,2024-01-01,1", "a,2024-01-02,2", "a,2024-01-03,3", "b,2024-01-02,7", "b,2024-01-04,9")
	want := mustRead(t, incremental(1, d.path+"/in"))
	p := want.Panel
	if diff := cmp.Diff([]float64{1, 21, 3, 4, 5, 6, 7, 0}, p.Y[:8]); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if y := p.Y[8:]; len(y) != 2 || y[0] == y[0] || y[1] != 0 {
		t.Errorf("a correction to an empty demand gives %v", y)
	}
	in := want.Audit.Target
	superseded := []Count{{Superseded, 4}}
	if in.Rows != 12 || in.Used != 8 || !slices.Equal(in.NotNeeded, superseded) || in.Corrected != 3 || in.Repeated != 1 || in.Aggregated != 0 {
		t.Errorf("audit %+v", in)
	}
	for _, workers := range []int{2, 7} {
		if diff := cmp.Diff(want, mustReadSmall(t, incremental(workers, d.path+"/in")), sameBits); diff != "" {
			t.Errorf("%d workers (-want +got):\n%s", workers, diff)
		}
	}
}

func TestImportsAreTakenInTheOrderTheyAreListed(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	a := d.csv("a.csv", "item_id,timestamp,demand", "x,2024-01-01,1", "x,2024-01-02,1")
	b := d.csv("b.csv", "item_id,timestamp,demand", "x,2024-01-01,2", "x,2024-01-02,1")
	for first, paths := range map[float64][]string{2: {a, b}, 1: {b, a}} {
		if got := mustRead(t, incremental(2, paths...)).Panel.Y[0]; got != first {
			t.Errorf("%v: %g, want %g", paths, got, first)
		}
	}
	if _, err := Read(t.Context(), daily(a, b)); err == nil || !strings.Contains(err.Error(), "two rows") {
		t.Errorf("a full import of both gives %v", err)
	}
}

func TestACorrectionIsOfATimeAndNotOfAPeriod(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	a := d.csv("a.csv", "item_id,timestamp,demand", "x,2024-01-01 08:00:00,1", "x,2024-01-01 20:00:00,2", "x,2024-01-02,1")
	b := d.csv("b.csv", "item_id,timestamp,demand", "x,2024-01-01 20:00:00,5", "x,2024-01-01 21:00:00,10")
	r := mustRead(t, incremental(2, a, b))
	if in := r.Audit.Target; r.Panel.Y[0] != 16 || in.Corrected != 1 || in.Aggregated != 2 || in.Used != 4 {
		t.Errorf("demand %v, audit %+v", r.Panel.Y, in)
	}
}

func TestTwoRowsInOneImportAreADuplicateStill(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	a := d.csv("a.csv", "item_id,timestamp,demand", "x,2024-01-01,1", "x,2024-01-02,1")
	b := d.csv("b.csv", "item_id,timestamp,demand", "x,2024-01-01,2", "x,2024-01-01,3")
	_, err := Read(t.Context(), incremental(2, a, b))
	if err == nil || !strings.Contains(err.Error(), "b.csv:2 and ") || !strings.Contains(err.Error(), "b.csv:3") {
		t.Errorf("got %v", err)
	}
	r1 := d.csv("r1.csv", "item_id,timestamp,price", "x,2024-01-01,1", "x,2024-01-02,1", "x,2024-01-03,1")
	r2 := d.csv("r2.csv", "item_id,timestamp,price", "x,2024-01-02,1", "x,2024-01-02,2")
	s := incremental(2, a)
	s.Related = []string{r1, r2}
	_, err = Read(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "r2.csv:2 and ") || !strings.Contains(err.Error(), "r2.csv:3") {
		t.Errorf("got %v", err)
	}
}

func TestNewerRelatedRowsReplaceOlderOnes(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	a := d.csv("a.csv", "item_id,store_id,timestamp,demand", "x,s,2024-01-01,1", "x,t,2024-01-02,1")
	d.csv("rts/1.csv", "item_id,store_id,timestamp,price", "x,s,2024-01-01,1", "x,s,2024-01-02,2", "x,s,2024-01-03,3", "x,t,2024-01-02,4", "x,t,2024-01-03,5")
	d.csv("rts/2.csv", "item_id,store_id,timestamp,price", "x,s,2024-01-02,2", "x,s,2024-01-03,30", "x,t,2024-01-03,5")
	d.csv("rts/3.csv", "item_id,store_id,timestamp,price", "x,s,2024-01-03,31")
	var want *Result
	for _, workers := range []int{1, 2, 7} {
		s := incremental(workers, a)
		s.Related = []string{d.path + "/rts"}
		r := mustReadSmall(t, s)
		if diff := cmp.Diff([]float64{1, 2, 4, 31, 5}, slices.Concat(r.Panel.X[0].V, r.Future.X[0].V)); diff != "" {
			t.Errorf("prices (-want +got):\n%s", diff)
		}
		in := r.Audit.Related
		if in.Rows != 9 || in.Used != 5 || in.Corrected != 2 || in.Repeated != 2 || !slices.Equal(in.NotNeeded, []Count{{Superseded, 4}}) {
			t.Errorf("audit %+v", in)
		}
		if want == nil {
			want = r
		}
		sameResult(t, "workers", want, r)
	}
}

func TestNewerMetadataReplacesOlder(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	a := d.csv("a.csv", "item_id,timestamp,demand", "x,2024-01-01,1", "y,2024-01-02,1")
	d.csv("items/1.csv", "item_id,brand", "x,old", "y,same")
	d.csv("items/2.csv", "item_id,brand", "x,new", "y,same")
	s := incremental(2, a)
	s.Items = d.path + "/items"
	r := mustRead(t, s)
	want := []demand.Attribute{{Name: "brand", Code: []int32{0, 1}, Labels: []string{"new", "same"}}}
	if diff := cmp.Diff(want, r.Panel.Static); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	if in := r.Audit.Items; in.Rows != 4 || in.Used != 2 || in.Corrected != 1 || in.Repeated != 1 {
		t.Errorf("audit %+v", in)
	}
	s.Import = Full
	if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), "two rows for item_id x") {
		t.Errorf("a full import gives %v", err)
	}
}
