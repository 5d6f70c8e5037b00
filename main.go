// Command shelfcast forecasts retail demand for every item in every store, every night.
package main

import (
	"os"

	"shelfcast/jobs/cli"
)

// version is set by the linker: see the Makefile.
var version = "unknown"

func main() { os.Exit(cli.Main(os.Args[1:], version, os.Stdout, os.Stderr)) }
