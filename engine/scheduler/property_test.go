package scheduler_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shelfcast/engine/scheduler"
)

// machine drives a scheduler beside a plain model of what must be true of it.
type machine struct {
	s       *scheduler.Scheduler
	nodes   map[string]scheduler.Node
	tasks   map[string]scheduler.Task // submitted and not done
	order   map[string]int            // submission number
	place   map[string]string         // running task → node
	counter int                       // of submissions, the refused ones too
}

func newMachine() *machine {
	return &machine{
		s:     scheduler.New(),
		nodes: map[string]scheduler.Node{},
		tasks: map[string]scheduler.Task{},
		order: map[string]int{},
		place: map[string]string{},
	}
}

// free is what the model says a node has left.
func (m *machine) free(id string) (cpuMilli, memBytes int64) {
	cpuMilli, memBytes = m.nodes[id].CPUMilli, m.nodes[id].MemBytes
	for task, node := range m.place {
		if node == id {
			cpuMilli -= m.tasks[task].Ask.CPUMilli
			memBytes -= m.tasks[task].Ask.MemBytes
		}
	}
	return cpuMilli, memBytes
}

func (m *machine) fits(a scheduler.Ask, node string) bool {
	cpuMilli, memBytes := m.free(node)
	return a.CPUMilli <= cpuMilli && a.MemBytes <= memBytes
}

func (m *machine) fitsAnywhere(a scheduler.Ask) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(m.nodes)), func(id string) bool { return m.fits(a, id) })
}

// before is the documented order of the queue.
func (m *machine) before(a, b string) bool {
	x, y := m.tasks[a], m.tasks[b]
	return cmp.Or(cmp.Compare(y.Priority, x.Priority), cmp.Compare(y.Predicted, x.Predicted),
		cmp.Compare(m.order[a], m.order[b])) < 0
}

func (m *machine) waiting() []string {
	var ids []string
	for id := range m.tasks {
		if _, running := m.place[id]; !running {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		if m.before(a, b) {
			return -1
		}
		return 1
	})
	return ids
}

// plainPass is Pass written plainly: every waiting task in order, every node.
func (m *machine) plainPass() []scheduler.Start {
	var starts []scheduler.Start
	for _, id := range m.waiting() {
		best := ""
		for _, n := range slices.Sorted(maps.Keys(m.nodes)) {
			if m.fits(m.tasks[id].Ask, n) && (best == "" || m.tighter(n, best)) {
				best = n
			}
		}
		if best != "" {
			m.place[id] = best
			starts = append(starts, scheduler.Start{TaskID: id, NodeID: best})
		}
	}
	return starts
}

func (m *machine) tighter(a, b string) bool {
	aCPU, aMem := m.free(a)
	bCPU, bMem := m.free(b)
	return aCPU < bCPU || aCPU == bCPU && aMem < bMem
}

func (m *machine) addNode(t *rapid.T) {
	n := scheduler.Node{
		ID:       fmt.Sprintf("n%d", rapid.IntRange(0, 99).Draw(t, "node")),
		CPUMilli: rapid.Int64Range(1, 8).Draw(t, "cores") * 500,
		MemBytes: rapid.Int64Range(0, 8).Draw(t, "mem"),
	}
	_, known := m.nodes[n.ID]
	err := m.s.AddNode(n)
	if known != errors.Is(err, scheduler.ErrDuplicate) || !known && err != nil {
		t.Fatalf("add %+v (known %v): %v", n, known, err)
	}
	if !known {
		m.nodes[n.ID] = n
	}
}

func (m *machine) submit(t *rapid.T) {
	task := scheduler.Task{
		ID:       fmt.Sprintf("t%d", m.counter),
		Priority: rapid.IntRange(-1, 1).Draw(t, "priority"),
		Ask: scheduler.Ask{
			CPUMilli: rapid.Int64Range(0, 9).Draw(t, "cpu") * 500,
			MemBytes: rapid.Int64Range(0, 9).Draw(t, "mem"),
		},
		Predicted: time.Duration(rapid.IntRange(0, 5).Draw(t, "seconds")) * time.Second,
	}
	m.counter++
	ever := slices.ContainsFunc(slices.Collect(maps.Values(m.nodes)), func(n scheduler.Node) bool {
		return task.Ask.CPUMilli <= n.CPUMilli && task.Ask.MemBytes <= n.MemBytes
	})
	switch err := m.s.Submit(task); {
	case task.Ask == scheduler.Ask{}:
		if !errors.Is(err, scheduler.ErrInvalid) {
			t.Fatalf("an empty ask: %v", err)
		}
	case !ever:
		if !errors.Is(err, scheduler.ErrNeverFits) {
			t.Fatalf("an ask that no node fits: %v", err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		m.tasks[task.ID], m.order[task.ID] = task, m.counter
	}
}

func (m *machine) done(t *rapid.T) {
	if len(m.place) == 0 {
		t.Skip("nothing runs")
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(m.place))).Draw(t, "task")
	if err := m.s.Done(id); err != nil {
		t.Fatal(err)
	}
	delete(m.place, id)
	delete(m.tasks, id)
}

func (m *machine) removeNode(t *rapid.T) {
	if len(m.nodes) == 0 {
		t.Skip("no node")
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(m.nodes))).Draw(t, "node")
	for _, task := range m.s.RemoveNode(id) {
		if m.place[task.ID] != id {
			t.Fatalf("%s is requeued from %s but ran on %q", task.ID, id, m.place[task.ID])
		}
		delete(m.place, task.ID)
	}
	delete(m.nodes, id)
	for task, node := range m.place {
		if node == id {
			t.Fatalf("%s ran on the removed %s and is not requeued", task, id)
		}
	}
}

func (m *machine) pass(t *rapid.T) {
	got, want := m.s.Pass(noon), m.plainPass()
	if !slices.Equal(got, want) {
		t.Fatalf("starts\n%v\nwritten plainly\n%v", got, want)
	}
	for _, w := range m.s.Waiting() {
		if m.fitsAnywhere(w.Task.Ask) {
			t.Fatalf("%+v fits and was left waiting", w)
		}
	}
}

// check holds after every step: amounts never overcommitted, no task lost, none
// in two places, the reports true.
func (m *machine) check(t *rapid.T) {
	for _, n := range m.s.Nodes() {
		cpuMilli, memBytes := m.free(n.ID)
		if cpuMilli < 0 || memBytes < 0 {
			t.Fatalf("node %s is oversubscribed: %d millicores and %d bytes left", n.ID, cpuMilli, memBytes)
		}
		if n.FreeCPUMilli != cpuMilli || n.FreeMemBytes != memBytes || n.Node != m.nodes[n.ID] {
			t.Fatalf("reported %+v, in truth %d millicores and %d bytes are free", n, cpuMilli, memBytes)
		}
	}
	var waiting []string
	for _, w := range m.s.Waiting() {
		waiting = append(waiting, w.Task.ID)
		if fits := strings.HasPrefix(w.Reason, "fits"); w.Reason == "" || fits != m.fitsAnywhere(w.Task.Ask) {
			t.Fatalf("task %+v: reason %q is not true", w.Task, w.Reason)
		}
	}
	if !slices.Equal(waiting, m.waiting()) {
		t.Fatalf("waiting %v, want %v", waiting, m.waiting())
	}
	running := map[string]string{}
	for _, p := range m.s.Running() {
		running[p.Task.ID] = p.NodeID
	}
	if !maps.Equal(running, m.place) {
		t.Fatalf("running %v, want %v", running, m.place)
	}
}

func TestAnySequenceOfCallsKeepsTheInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine()
		m.addNode(t)
		t.Repeat(map[string]func(*rapid.T){
			"":           m.check,
			"submit":     m.submit,
			"submit too": m.submit, // twice as often as the rest, so that queues form
			"pass":       m.pass,
			"done":       m.done,
			"addNode":    m.addNode,
			"removeNode": m.removeNode,
		})
	})
}
