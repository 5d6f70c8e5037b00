package floors

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "shelfcast"

// floorOf is the plan of the house: an import goes to a strictly lower floor. The longest prefix decides; a folder
// ending in /* stands for the folders in it.
var floorOf = map[string]int{
	".": 6,

	"jobs/cli": 5,

	"jobs":         4,
	"engine/serve": 4,

	"jobs/config":            3,
	"jobs/report":            3,
	"jobs/forecastfile":      3,
	"algorithms":             3,
	"algorithms/bench":       4,
	"algorithms/bench/trees": 4,
	"evaluate/backtest":      3,
	"evaluate/gate":          3,
	"engine/whatif":          3,
	"engine/store/storetest": 3,
	"datasets":               3,

	"algorithms/*":  2,
	"datasets/*":    2,
	"ingest":        2,
	"engine/store":  2,
	"engine/host":   2,
	"engine/device": 2,

	"algorithms/kalman":     1,
	"algorithms/crossfit":   1,
	"algorithms/gbt":        1,
	"algorithms/optim":      1,
	"algorithms/predictive": 1,
	"algorithms/reference":  1,
	"algorithms/residuals":  1,
	"algorithms/regressors": 1,
	"algorithms/stockout":   1,
	"evaluate/score":        1,
	"evaluate/audit":        1,
	"datasets/synth":        1,
	"datasets/gather":       1,

	"ingest/objectstore": 1,

	"datasets/holidays":          1,
	"datasets/holidays/generate": 2,

	"engine/demand":          0,
	"algorithms/cholesky":    0,
	"engine/nearest":         0,
	"engine/scheduler":       0,
	"engine/internal/floors": 0,
	"schemas":                0,
	"datasets/layout":        0,
	"datasets/source":        0,
}

// ban forbids an import outside the folders that may use it.
type ban struct {
	prefix  string
	allowed []string // folders; nil = nowhere
	instead string
}

// bans are checked in order; the first that matches an import speaks for it.
var bans = []ban{
	{"github.com/apache/arrow/go/v14/parquet", nil, "read and write Parquet with github.com/parquet-go/parquet-go"},
	{"github.com/apache/arrow", []string{"schemas", "ingest"}, "take a demand.Panel from ingest"},
	{"github.com/jackc/pgx", []string{"engine/store", "engine/store/storetest", "jobs/cli"}, "call engine/store"},
	{"github.com/minio/minio-go", []string{"ingest/objectstore"}, "ask ingest/objectstore"},
	{"github.com/rickar/cal", []string{"datasets/holidays/generate"}, "ask datasets/holidays"},
	{"math/rand", nil, "use math/rand/v2 with a source that is passed in"},
}

// file is one Go source file of the tree: the folder it lies in and what it imports.
type file struct {
	name    string
	folder  string
	imports []string
}

// Violations returns a line for each import in the non-test files of the module at root that the plan forbids, sorted.
func Violations(root fs.FS) ([]string, error) {
	files, err := sources(root)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, f := range files {
		from, ok := floor(f.folder)
		if !ok {
			found = append(found, fmt.Sprintf("%s: folder %s has no floor; give it one in floors.go and in the architecture page", f.name, f.folder))
			continue
		}
		for _, imp := range f.imports {
			found = append(found, breaches(f, from, imp)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func breaches(f file, from int, imp string) []string {
	if inner, ok := strings.CutPrefix(imp, module+"/"); ok {
		to, known := floor(inner)
		if known && to < from {
			return nil
		}
		return []string{fmt.Sprintf("%s: floor %d imports %s on floor %d; imports go to a strictly lower floor", f.name, from, inner, to)}
	}
	for _, b := range bans {
		if imp != b.prefix && !strings.HasPrefix(imp, b.prefix+"/") || b.prefix == "math/rand" && imp != "math/rand" {
			continue
		}
		if slices.Contains(b.allowed, f.folder) {
			return nil
		}
		return []string{fmt.Sprintf("%s: imports %s; %s", f.name, imp, b.instead)}
	}
	return nil
}

// floor returns the floor of a folder by the longest entry of the plan that names it or its parent.
func floor(folder string) (int, bool) {
	if n, ok := floorOf[folder]; ok {
		return n, true
	}
	n, ok := floorOf[path.Dir(folder)+"/*"]
	return n, ok
}

func sources(root fs.FS) ([]file, error) {
	var files []file
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		f := file{name: name, folder: path.Dir(name)}
		for _, spec := range parsed.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imp)
		}
		files = append(files, f)
		return nil
	})
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	return files, err
}
