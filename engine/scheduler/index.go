package scheduler

import (
	"cmp"
	"fmt"
	"slices"
)

// room is space on a node: the largest ask that fits in it.
type room struct {
	Ask
	node *node
}

// compareRooms orders rooms by millicores, then bytes, then node ID. Millicores
// lead because a batch runs out of cores before it runs out of memory.
func compareRooms(a, b *room) int {
	if c := compareAsks(a.Ask, b.Ask); c != 0 {
		return c
	}
	return cmp.Compare(a.node.ID, b.node.ID)
}

func compareAsks(a, b Ask) int {
	return cmp.Or(cmp.Compare(a.CPUMilli, b.CPUMilli), cmp.Compare(a.MemBytes, b.MemBytes))
}

// index holds one room a node in the order of compareRooms, so that the best
// fit is found without looking at every node.
type index struct{ rooms []*room }

func (x *index) insert(r *room) {
	at, _ := slices.BinarySearchFunc(x.rooms, r, compareRooms)
	x.rooms = slices.Insert(x.rooms, at, r)
}

// remove takes out r, which must be in the index under its present amounts.
func (x *index) remove(r *room) {
	at, _ := slices.BinarySearchFunc(x.rooms, r, compareRooms)
	x.rooms = slices.Delete(x.rooms, at, at+1)
}

// from returns the place of the first room at or after ask in the order.
func (x *index) from(ask Ask) int {
	at, _ := slices.BinarySearchFunc(x.rooms, ask, func(r *room, ask Ask) int {
		return compareAsks(r.Ask, ask)
	})
	return at
}

// bestFit returns the node of the first room that ask fits in, nil when there is
// none. Rooms with equal millicores are sorted by bytes: where the first of them
// is short of bytes, a search jumps to the one that is not, or to the next level.
func (x *index) bestFit(ask Ask) *node {
	at := x.from(ask)
	for at < len(x.rooms) {
		r := x.rooms[at]
		if ask.within(r.Ask) {
			return r.node
		}
		at = x.from(Ask{CPUMilli: r.CPUMilli, MemBytes: ask.MemBytes})
	}
	return nil
}

// shortage says in words which amount of ask no room has; label says what the
// rooms are. Call it when bestFit finds nothing.
func (x *index) shortage(ask Ask, label string) string {
	if len(x.rooms) == 0 {
		return "there is no node"
	}
	var most Ask
	for _, r := range x.rooms {
		most.CPUMilli = max(most.CPUMilli, r.CPUMilli)
		most.MemBytes = max(most.MemBytes, r.MemBytes)
	}
	switch {
	case ask.CPUMilli > most.CPUMilli:
		return fmt.Sprintf("needs %d millicores, %s is %d", ask.CPUMilli, label, most.CPUMilli)
	case ask.MemBytes > most.MemBytes:
		return fmt.Sprintf("needs %d bytes of memory, %s is %d", ask.MemBytes, label, most.MemBytes)
	}
	return fmt.Sprintf("needs %d millicores and %d bytes of memory together, %s is %d and %d but on different nodes",
		ask.CPUMilli, ask.MemBytes, label, most.CPUMilli, most.MemBytes)
}
