package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"shelfcast/engine/store/storetest"
)

func TestAFullDiskFailsTheShardAndLosesNothingOnceThereIsSpace(t *testing.T) {
	t.Parallel()
	keeper := storetest.Open(t) // outlives the database under test, to remove the tablespace
	disk := homeDir(t)
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=3m,mode=0755"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		rows, err := keeper.Rows(context.Background(), "drop tablespace if exists small")
		if err != nil {
			t.Error(err)
			return
		}
		rows.Close()
		if rows.Err() != nil {
			t.Error(rows.Err())
		}
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	space := filepath.Join(disk, "space")
	if err := os.Mkdir(space, 0o700); err != nil {
		t.Fatal(err)
	}
	data, err := os.Stat(one[string](t, keeper, "select current_setting('data_directory')"))
	if err != nil {
		t.Fatal(err)
	}
	owner := data.Sys().(*syscall.Stat_t)
	if err := os.Chown(space, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	do(t, keeper, fmt.Sprintf("create tablespace small location '%s'", space))

	db := open(t, storetest.URL(t)+"&default_tablespace=small")
	spec := specOf(monday, 1500, 500, 28, 0.1, 0.5, 0.9)
	run := begin(t, db, spec)
	write(t, run, spec, 0) // about 1.6 MB
	err = run.WriteShard(t.Context(), resultOf(spec, 1))
	if err == nil || !strings.Contains(err.Error(), "write shard 1 of run 1: ") || !strings.Contains(err.Error(), "free space on the database's disk") {
		t.Fatalf("error is %v", err)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.shard where state = 'done'"); n != 1 {
		t.Errorf("%d shards are done", n)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=64m,mode=0755"); err != nil {
		t.Fatal(err)
	}
	resumed := begin(t, db, spec)
	write(t, resumed, spec, 1, 2)
	if err := resumed.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Fatal(err)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast_current"); n != 1500*28 {
		t.Errorf("%d of %d rows", n, 1500*28)
	}
}
