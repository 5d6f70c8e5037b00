package schemas

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Limits of Amazon Forecast, which hold for every input.
const (
	mostDimensions = 10 // of a target, besides item and timestamp
	longestName    = 63 // characters
)

var namePattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`)

func soundName(name string) bool { return len(name) <= longestName && namePattern.MatchString(name) }

// CheckDimensions reports names that cannot be those of the dimensions of a target besides item_id and store_id.
func CheckDimensions(dimensions []string) error {
	if len(dimensions) > mostDimensions {
		return fmt.Errorf("%d dimensions besides item_id and store_id; %d is the most", len(dimensions), mostDimensions)
	}
	for i, name := range dimensions {
		switch lower := strings.ToLower(name); {
		case !soundName(name):
			return fmt.Errorf("dimension %d is named %q; a name begins with a letter, has letters, digits and _, and at most %d of them", i+1, name, longestName)
		case slices.Contains([]string{ItemID, StoreID, Timestamp, Demand}, lower):
			return fmt.Errorf("%s is no further dimension: it is a column of its own; leave it out", lower)
		case slices.ContainsFunc(dimensions[:i], func(n string) bool { return strings.EqualFold(n, name) }):
			return fmt.Errorf("dimension %s is there twice; case does not count", name)
		}
	}
	return nil
}
