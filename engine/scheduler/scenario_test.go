package scheduler_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/scheduler"
)

var update = flag.Bool("update", false, "rewrite the expected states in testdata")

// TestScenarios runs each file of testdata: steps separated by an empty line,
// each of them commands, a line "----" and what they print.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("scenario files: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(want) {
				t.Errorf("the state differs; run with -update and read the diff. Got:\n%s", got)
			}
		})
	}
}

// replay runs the commands of a scenario and returns it with its real states.
func replay(t *testing.T, scenario string) string {
	s := scheduler.New()
	var steps []string
	for _, step := range strings.Split(strings.TrimSpace(scenario), "\n\n") {
		commands, _, _ := strings.Cut(step, "\n----")
		var state strings.Builder
		for _, command := range strings.Split(commands, "\n") {
			if !strings.HasPrefix(command, "#") {
				perform(t, &state, s, strings.Fields(command))
			}
		}
		steps = append(steps, commands+"\n----\n"+state.String())
	}
	return strings.Join(steps, "\n")
}

func perform(t *testing.T, out *strings.Builder, s *scheduler.Scheduler, words []string) {
	var err error
	switch words[0] {
	case "node":
		err = s.AddNode(scheduler.Node{
			ID: words[1], CPUMilli: amount(t, words, "cpu"), MemBytes: amount(t, words, "mem"),
		})
	case "submit":
		err = s.Submit(scheduler.Task{
			ID: words[1], Priority: int(amount(t, words, "priority")),
			Ask:       scheduler.Ask{CPUMilli: amount(t, words, "cpu"), MemBytes: amount(t, words, "mem")},
			Predicted: time.Duration(amount(t, words, "seconds")) * time.Second,
		})
	case "done":
		err = s.Done(words[1])
	case "remove":
		for _, task := range s.RemoveNode(words[1]) {
			fmt.Fprintf(out, "requeued %s\n", task.ID)
		}
	case "pass":
		for _, start := range s.Pass(noon) {
			fmt.Fprintf(out, "start %s on %s\n", start.TaskID, start.NodeID)
		}
	case "state":
		printState(out, s)
	default:
		t.Fatalf("unknown command %q", words[0])
	}
	if err != nil {
		fmt.Fprintf(out, "error: %v\n", err)
	}
}

// amount reads the integer of a name=integer word; 0 when it is absent.
func amount(t *testing.T, words []string, name string) int64 {
	for _, word := range words[2:] {
		if value, found := strings.CutPrefix(word, name+"="); found {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatalf("%v: %v", words, err)
			}
			return n
		}
	}
	return 0
}

func printState(out *strings.Builder, s *scheduler.Scheduler) {
	for _, n := range s.Nodes() {
		fmt.Fprintf(out, "node %s: free cpu %d of %d, mem %d of %d, tasks %d\n",
			n.ID, n.FreeCPUMilli, n.CPUMilli, n.FreeMemBytes, n.MemBytes, n.Tasks)
	}
	for _, p := range s.Running() {
		fmt.Fprintf(out, "running %s on %s\n", p.Task.ID, p.NodeID)
	}
	for _, w := range s.Waiting() {
		fmt.Fprintf(out, "waiting %s: %s\n", w.Task.ID, w.Reason)
	}
}
