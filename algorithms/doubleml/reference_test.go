package doubleml

import (
	"encoding/json"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/crossfit"
	"shelfcast/algorithms/reference"
)

// expected is what DoubleML 0.7.1 finds with scikit-learn 1.2.1.
type expected struct {
	Theta       float64   `json:"theta"`
	SE          float64   `json:"se"`
	RMSEM       float64   `json:"rmse_m"`
	RMSEL       float64   `json:"rmse_l"`
	Sensitivity *struct { // of shares 0.03 and correlation 1, with one-sided ends of 95 %
		Low     float64 `json:"theta_lower"`
		High    float64 `json:"theta_upper"`
		LowEnd  float64 `json:"ci_lower"`
		HighEnd float64 `json:"ci_upper"`
		RV      float64 `json:"rv"`
		RVA     float64 `json:"rva"`
	} `json:"sensitivity_cf0.03_rho1"`
	Thetas []float64 `json:"theta_reps"`
	SEs    []float64 `json:"se_reps"`
	Median float64   `json:"se_v071_formula"`
}

func columnsOf(table map[string][]float64, names ...string) (out [][]float64) {
	for _, name := range names {
		out = append(out, table[name])
	}
	return out
}

func foldsOf(t *testing.T, fold []float64) crossfit.Folds {
	t.Helper()
	of := make([]int, len(fold))
	for i, f := range fold {
		of[i] = int(f)
	}
	folds, err := crossfit.Of(of)
	if err != nil {
		t.Fatal(err)
	}
	return folds
}

func simulated(table map[string][]float64) Data {
	d := Data{Y: table["y"], D: columnsOf(table, "d")}
	for _, name := range []string{"X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9", "X10", "X11", "X12", "X13", "X14", "X15", "X16", "X17", "X18", "X19", "X20"} {
		if v := table[name]; v != nil {
			d.X = append(d.X, v)
		}
	}
	return d
}

func TestEstimatesAreThoseOfDoubleML(t *testing.T) {
	t.Parallel()
	ccddhnr, bonus, pension := "plr_ccddhnr2018_seed3141.csv", "bonus.csv", "pension401k.csv"
	data := map[string]Data{}
	folds := map[string]crossfit.Folds{}
	for _, file := range []string{ccddhnr, bonus, pension} {
		table := reference.Causal(t, file)
		folds[file] = foldsOf(t, table["fold"])
		switch file {
		case ccddhnr:
			data[file] = simulated(table)
		case bonus:
			data[file] = Data{Y: table["inuidur1"], D: columnsOf(table, "tg"), X: columnsOf(table, "female", "black", "othrace", "dep1", "dep2", "q2", "q3", "q4", "q5", "q6", "agelt35", "agegt54", "durable", "lusd", "husd")}
		case pension:
			d := Data{Y: table["net_tfa"], D: columnsOf(table, "e401"), X: columnsOf(table, "age", "inc", "educ", "fsize", "marr", "twoearn", "db", "pira", "hown")}
			data[file] = d
			for _, v := range d.X {
				square := make([]float64, len(v))
				for i, x := range v {
					square[i] = x * x
				}
				d.X = append(d.X, square)
			}
			data["poly2"], folds["poly2"] = d, folds[file]
		}
	}
	var all map[string]map[string]expected
	readExpected(t, &all)
	worst := map[string]float64{}
	for _, c := range []struct {
		file, data, name string
		model            Model
		tolerance        float64
	}{
		{ccddhnr, ccddhnr, "plr_po_ols", Model{L: Linear{}, M: Linear{}}, 1e-8},
		{ccddhnr, ccddhnr, "plr_iv_ols", Model{Score: IVType, L: Linear{}, M: Linear{}}, 1e-8},
		{ccddhnr, ccddhnr, "plr_po_ridge1", Model{L: Linear{1}, M: Linear{1}}, 1e-8},
		{ccddhnr, ccddhnr, "plr_iv_ridge1", Model{Score: IVType, L: Linear{1}, M: Linear{1}}, 1e-8},
		{ccddhnr, ccddhnr, "plr_po_ridge100", Model{L: Linear{100}, M: Linear{100}}, 1e-8},
		{ccddhnr, ccddhnr, "plr_po_lasso0.05", Model{L: Lasso{0.05}, M: Lasso{0.05}}, 1e-5},
		{bonus, bonus, "plr_po_ols", Model{L: Linear{}, M: Linear{}}, 1e-8},
		{bonus, bonus, "plr_iv_ols", Model{Score: IVType, L: Linear{}, M: Linear{}}, 1e-8},
		{bonus, bonus, "plr_po_ridge10", Model{L: Linear{10}, M: Linear{10}}, 1e-8},
		{pension, pension, "plr_po_ols", Model{L: Linear{}, M: Linear{}}, 1e-8},
		{pension, "poly2", "plr_po_ols_poly2", Model{L: Linear{}, M: Linear{}}, 1e-8},
		{pension, "poly2", "plr_iv_ols_poly2", Model{Score: IVType, L: Linear{}, M: Linear{}}, 1e-8},
	} {
		want, ok := all[c.file][c.name]
		if !ok {
			t.Fatalf("%s has no %s", c.file, c.name)
		}
		e, err := c.model.Fit(data[c.data], folds[c.data])
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, got, want, tolerance float64) {
			off := math.Abs(got/want - 1)
			worst[what] = max(worst[what], off)
			if off > tolerance {
				t.Errorf("%s, %s: %s is %.15g, want %.15g", c.file, c.name, what, got, want)
			}
		}
		near("theta", e.Theta[0], want.Theta, c.tolerance)
		near("standard error", e.SE[0], want.SE, c.tolerance)
		near("error of the treatment", e.RMSEM[0], want.RMSEM, c.tolerance)
		near("error of the outcome", e.RMSEL, want.RMSEL, c.tolerance)
		if w := want.Sensitivity; w != nil {
			s, err := e.Sensitivity(Confounder{0.03, 0.03, 1}, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			near("lower bound", s.Low, w.Low, 1e-5)
			near("upper bound", s.High, w.High, 1e-5)
			// DoubleML adds the influence on the bias to that on θ with the other sign; see TestEndsOfBoundsHaveTheErrorsOfBounds.
			b := e.bias()
			floats.Scale(-1, b.ofTheta)
			strength := Confounder{0.03, 0.03, 1}.strength()
			near("lower end", b.end(strength, 0.95, -1), w.LowEnd, 1e-5)
			near("upper end", b.end(strength, 0.95, 1), w.HighEnd, 1e-5)
			if math.Abs(s.Robustness-w.RV) > 1e-5 || math.Abs(b.robustness(0.95)-w.RVA) > 1e-5 {
				t.Errorf("%s, %s: the robustness is %.9g, of the bound %.9g, want %.9g, %.9g", c.file, c.name, s.Robustness, b.robustness(0.95), w.RV, w.RVA)
			}
		}
	}
	t.Logf("largest relative distances: %v", worst)
}

// readExpected reads the estimates, and leaves out what else the file says.
func readExpected(t *testing.T, into *map[string]map[string]expected) {
	t.Helper()
	var raw map[string]map[string]json.RawMessage
	reference.CausalJSON(t, "expected.json", &raw)
	*into = map[string]map[string]expected{}
	for file, entries := range raw {
		(*into)[file] = map[string]expected{}
		for name, entry := range entries {
			var e expected
			if json.Unmarshal(entry, &e) == nil {
				(*into)[file][name] = e
			}
		}
	}
}

func TestClustersAndDrawsOfFoldsAreThoseOfDoubleML(t *testing.T) {
	t.Parallel()
	var all map[string]map[string]expected
	readExpected(t, &all)
	table := reference.Causal(t, "cluster_panel.csv")
	data := simulated(table)
	for i, name := range []string{"plr_po_ols_iid_se", "plr_po_ols_cluster"} {
		if i == 1 {
			for _, c := range table["cluster"] {
				data.Cluster = append(data.Cluster, int(c))
			}
		}
		e, err := Model{L: Linear{}, M: Linear{}}.Fit(data, foldsOf(t, table["fold"]))
		if err != nil {
			t.Fatal(err)
		}
		want := all["cluster_panel.csv"][name]
		if math.Abs(e.Theta[0]/want.Theta-1) > 1e-8 || math.Abs(e.SE[0]/want.SE-1) > 1e-8 {
			t.Errorf("%s: θ is %.15g ± %.15g, want %.15g ± %.15g", name, e.Theta[0], e.SE[0], want.Theta, want.SE)
		}
	}
	table = reference.Causal(t, "plr_ccddhnr2018_seed3141.csv")
	want := all["plr_ccddhnr2018_seed3141.csv"]["n_rep3"]
	var estimates []*Estimate
	for r, fold := range []string{"foldrep0", "foldrep1", "foldrep2"} {
		e, err := Model{L: Linear{}, M: Linear{}}.Fit(simulated(table), foldsOf(t, table[fold]))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(e.Theta[0]/want.Thetas[r]-1) > 1e-8 || math.Abs(e.SE[0]/want.SEs[r]-1) > 1e-8 {
			t.Errorf("draw %d: θ is %.15g ± %.15g, want %.15g ± %.15g", r, e.Theta[0], e.SE[0], want.Thetas[r], want.SEs[r])
		}
		estimates = append(estimates, e)
	}
	theta, se, err := Median(estimates)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(theta[0]/want.Theta-1) > 1e-8 || math.Abs(se[0]/want.Median-1) > 1e-8 {
		t.Errorf("of three draws θ is %.15g ± %.15g, want %.15g ± %.15g", theta[0], se[0], want.Theta, want.Median)
	}
}
