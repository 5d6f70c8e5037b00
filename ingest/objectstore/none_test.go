//go:build !objectstore

package objectstore

import (
	"os/exec"
	"strings"
	"testing"
)

func TestTheUsualProgramHoldsNoClientOfAStoreAndSaysSo(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "shelfcast").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "minio") {
		t.Error("the program is built with the client of object stores")
	}
	out, err = exec.Command("go", "list", "-tags", "objectstore", "-deps", "shelfcast").Output()
	if err != nil || !strings.Contains(string(out), "github.com/minio/minio-go/v7\n") {
		t.Errorf("with the tag objectstore it is not: %v", err)
	}
	if _, err := List(t.Context(), "s3://b/k"); err == nil || !strings.Contains(err.Error(), "make build TAGS=objectstore") {
		t.Error(err)
	}
}
