//go:build objectstore

package ingest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// bucketOf starts a store in this process and puts objects into its bucket data. Wrong, if not nil, changes requests or answers them.
func bucketOf(t *testing.T, objects map[string][]byte, wrong func(http.ResponseWriter, *http.Request) bool) {
	t.Helper()
	store := s3mem.New()
	if err := store.CreateBucket("data"); err != nil {
		t.Fatal(err)
	}
	for key, content := range objects {
		if _, err := store.PutObject("data", key, map[string]string{"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}, bytes.NewReader(content), int64(len(content)), nil); err != nil {
			t.Fatal(err)
		}
	}
	s3 := gofakes3.New(store).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wrong == nil || !wrong(w, r) {
			s3.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "geheim", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func TestObjectsAreReadAsTheSameFilesAre(t *testing.T) {
	f := newFeed(1, false)
	d := newFolder(t)
	csv, pq, zst := csvOf(f.target, []int{0, 1, 2, 3}, "\n"), relatedParquetOf(t, f.related, 20), zstdOf(t, []byte("item_id,colour\nitem_0,red\n"))
	objects := map[string][]byte{"night/rts/part-1.parquet": pq, "night/rts/_SUCCESS": nil, "night/items.csv.zst": zst}
	// More parts than a store lists at once.
	lines := strings.SplitAfter(string(csv), "\n")
	const parts = 1100
	local := d.path + "/tts"
	if err := os.Mkdir(local, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range parts {
		text := lines[0]
		for j := 1 + i; j < len(lines); j += parts {
			text += lines[j]
		}
		objects[fmt.Sprintf("night/tts/part-%05d.csv", i)] = []byte(text)
		if err := os.WriteFile(fmt.Sprintf("%s/part-%05d.csv", local, i), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bucketOf(t, objects, nil)
	here := feedSpec(local, d.write("r.pq", pq), 3)
	here.Items, here.MaxRejectShare = d.write("items.zst", zst), 1
	want := mustRead(t, here)
	there := here
	there.Target, there.Related, there.Items, there.TempDir = []string{"s3://data/night/tts"}, []string{"s3://data/night/rts/*.parquet"}, "s3://data/night/items.csv.zst", t.TempDir()
	var done, total int64
	there.OnProgress = func(d, t int64) { done, total = d, t }
	for _, there.Memory = range []int64{0, oneSeries} {
		got := mustRead(t, there)
		if diff := cmp.Diff([]any{want.Panel, want.Future}, []any{got.Panel, got.Future}, sameBits); diff != "" {
			t.Error(diff)
		}
		if file := got.Audit.Target.Files[1099]; file.Path != "s3://data/night/tts/part-01099.csv" || file.SHA256 != want.Audit.Target.Files[1099].SHA256 {
			t.Errorf("the last file is %+v", file)
		}
		if done != total || total == 0 {
			t.Errorf("progress ends at %d of %d bytes", done, total)
		}
		if left, err := os.ReadDir(there.TempDir); err != nil || len(left) > 0 {
			t.Errorf("%d files are left, %v", len(left), err)
		}
	}
}

func TestAFaultOfAStoreIsOneLineWithTheAddress(t *testing.T) {
	good := map[string][]byte{"t.csv": []byte(header + "\na,s,2024-01-01,1\na,s,2024-01-02,1\n")}
	for _, c := range []struct {
		name, target, want string
		wrong              func(w http.ResponseWriter, r *http.Request) bool
	}{
		{"no bucket", "s3://other/t.csv", "list s3://other/t.csv: there is no such bucket", nil},
		{"no object", "s3://data/u.csv", "s3://data/u.csv: no such object", nil},
		{"no permission", "s3://data/t.csv", "the store refuses it (AccessDenied)", func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
			return true
		}},
		{"changed", "s3://data/t.csv", "the object has changed since it was listed", func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "t.csv") || r.Header.Get("If-Match") == "" {
				return false
			}
			w.WriteHeader(http.StatusPreconditionFailed)
			fmt.Fprint(w, "<Error><Code>PreconditionFailed</Code><Message>changed</Message></Error>")
			return true
		}},
		{"shorter", "s3://data/t.csv", "bytes came, of the 68 that are listed", func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "t.csv") {
				return false
			}
			w.Header().Set("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
			w.Header().Set("Content-Length", "4")
			fmt.Fprint(w, "item")
			return true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucketOf(t, good, c.wrong)
			s := daily(c.target)
			s.Horizon, s.TempDir = 1, t.TempDir()
			_, err := Read(t.Context(), s)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%v, want %s", err, c.want)
			}
			if left, _ := os.ReadDir(s.TempDir); len(left) > 0 {
				t.Errorf("%d files are left", len(left))
			}
		})
	}
}
