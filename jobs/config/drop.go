package config

import (
	"slices"
	"strings"
)

// What stands for drops where the path of an input begins with it.
const (
	DropPath     = "{drop}"  // the folder of the drop that the night is for
	AllDropsPath = "{drops}" // the folders of that drop and of all complete ones before it, by name; of target and related
)

// UsesDrops reports whether an input lies in drops.
func (in Input) UsesDrops() bool {
	return slices.ContainsFunc(slices.Concat(in.Target, in.Related, []string{in.Items, in.Stores}), func(path string) bool {
		return strings.HasPrefix(path, DropPath) || strings.HasPrefix(path, AllDropsPath)
	})
}

// InDrops returns the input whose paths lie in the last of these folders, or in all of them.
func (in Input) InDrops(folders []string) Input {
	last := folders[len(folders)-1]
	one := func(path string) string {
		if rest, ok := strings.CutPrefix(path, DropPath); ok {
			return last + rest
		}
		return path
	}
	list := func(paths []string) (out []string) {
		for _, path := range paths {
			rest, all := strings.CutPrefix(path, AllDropsPath)
			if !all {
				out = append(out, one(path))
				continue
			}
			for _, folder := range folders {
				out = append(out, folder+rest)
			}
		}
		return out
	}
	in.Target, in.Related, in.Items, in.Stores = list(in.Target), list(in.Related), one(in.Items), one(in.Stores)
	return in
}
