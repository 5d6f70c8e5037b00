package layout

import (
	"context"
	"errors"
	"sync"
)

// EachPart calls write for every part number below parts, on the given number of goroutines. A part is written by one
// goroutine, so the bytes do not depend on how many there are. After an error, or once ctx has ended, no further part is
// begun; the error returned is that of the lowest part that failed by itself.
func EachPart(ctx context.Context, parts, workers int, write func(ctx context.Context, part int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan int)
	errs := make([]error, parts)
	var wg sync.WaitGroup
	for range min(workers, parts) {
		wg.Go(func() {
			for part := range next {
				if errs[part] = write(ctx, part); errs[part] != nil {
					cancel()
				}
			}
		})
	}
	for part := 0; part < parts && ctx.Err() == nil; part++ {
		select {
		case next <- part:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return firstFailure(errs, ctx.Err())
}

// firstFailure prefers an error that is not merely the echo of another part's.
func firstFailure(errs []error, ended error) error {
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return ended
}
