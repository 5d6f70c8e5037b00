package jobs

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/engine/scheduler"
	"shelfcast/ingest"
)

// identity says which run this is. Its business date is the one asked for, or else the last day that the data hold.
func (n Night) identity(in *inputs, started time.Time) Identity {
	cal := in.Frame.Cal
	date := n.Date
	if date.IsZero() {
		date = lastDay(in.Frame)
	}
	return Identity{
		BusinessDate: date, CodeVersion: n.CodeVersion, ConfigHash: n.ConfigHash, DataHash: dataHash(in.Audit),
		Cal: cal, First: in.Frame.End, Horizon: n.Spec.Horizon, Levels: n.Plan.Levels,
		Keys: in.Frame.Keys, Shards: cut(in.Frame.Len(), n.ShardSeries), Started: started, Audit: in.Audit,
	}
}

// lastDay returns the day, at midnight, on which the last period of a panel ends. A business day that ends in the morning is
// that of the date it began on.
func lastDay(p *demand.Panel) time.Time {
	end := p.Cal.Time(p.End)
	if p.Cal.Freq.Unit == demand.Day {
		end = end.Add(-time.Duration(p.Cal.Freq.Shift) * time.Hour)
	}
	return end.Add(-time.Second).Truncate(24 * time.Hour)
}

// cut divides n series into shards of the given size; the last may be smaller.
func cut(n, size int) []Shard {
	var shards []Shard
	for first := 0; first < n; first += size {
		shards = append(shards, Shard{Number: len(shards), First: first, Count: min(size, n-first)})
	}
	return shards
}

// cellBytes is the memory that a shard occupies for each of its cells: the copies of target and covariates that a
// backtest window holds, and as much again for what the models make of them.
func cellBytes(p *demand.Panel) int64 { return 2 * 8 * int64(1+len(p.X)) }

// askStep is what the memory that a shard asks for is rounded up to: the scheduler groups tasks by equal asks.
const askStep = 64 << 20

// fitRate is the cells that one core fits in a second: only the order of shards depends on it.
const fitRate = 10e6

// of returns the series of the shard, which lie in a part of all.
func (s Shard) of(part *ingest.Result) (*demand.Panel, *demand.Future) {
	lo := s.First - part.First
	return part.Panel.Shard(lo, lo+s.Count), part.Future.Shard(lo, lo+s.Count)
}

// shardJobs makes a job of each shard. The job of shard k leaves its result in results[k].
func (n Night) shardJobs(in *ingest.Result, shards []Shard, samples []int, results []*ShardResult) []scheduler.Job {
	var list []scheduler.Job
	for _, shard := range shards {
		list = append(list, scheduler.Job{
			Task: n.task(in, shard),
			Run: func(ctx context.Context) error {
				r, err := n.work(ctx, in, shard, samples)
				results[shard.Number] = r
				return err
			},
		})
	}
	return list
}

// task is the scheduler's view of a shard: one core, the memory of its cells, and a time that grows with them.
func (n Night) task(in *ingest.Result, shard Shard) scheduler.Task {
	p, _ := shard.of(in)
	cells := p.Cells()
	return scheduler.Task{
		ID:        strconv.Itoa(shard.Number),
		Ask:       scheduler.Ask{CPUMilli: 1000, MemBytes: (int64(cells)*cellBytes(p)/askStep + 1) * askStep},
		Predicted: time.Duration(float64(cells) / fitRate * float64(time.Second)),
		Timeout:   n.Timeout,
	}
}

// live is the driver that runs shards on this machine.
func (n Night) live() scheduler.Live {
	return scheduler.Live{Node: scheduler.ThisNode(n.Workers, 0), Clock: n.Now}
}

// workers returns the number of shards that run at the same time.
func (n Night) workers() int { return int(n.live().Node.CPUMilli / 1000) }

// shardOf returns the shard that a job was made of.
func shardOf(shards []Shard, job string) (Shard, error) {
	k, err := strconv.Atoi(job)
	if err != nil || k < 0 || k >= len(shards) {
		return Shard{}, fmt.Errorf("find shard of job %q: no such shard", job)
	}
	return shards[k], nil
}
