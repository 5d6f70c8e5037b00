package jobs

import (
	"fmt"
	"os"

	"shelfcast/jobs/config"
	"shelfcast/schemas"
)

// declared are the schemas of the inputs; nil where there is none.
type declared struct {
	target, related, items []schemas.Column
}

// readSchemas reads the files that declare the columns of inputs.
func readSchemas(s config.Schema) (d declared, err error) {
	for _, in := range []struct {
		path  string
		parse func([]byte) ([]schemas.Column, error)
		into  *[]schemas.Column
	}{
		{s.Target, func(text []byte) ([]schemas.Column, error) { return schemas.AmazonTarget(text, s.Store) }, &d.target},
		{s.Related, func(text []byte) ([]schemas.Column, error) { return schemas.AmazonRelated(text, s.Store, d.target) }, &d.related},
		{s.Items, schemas.AmazonItems, &d.items},
	} {
		if in.path == "" {
			continue
		}
		text, err := os.ReadFile(in.path)
		if err != nil {
			return d, fmt.Errorf("read schema: %w; name an existing file", err)
		}
		if *in.into, err = in.parse(text); err != nil {
			return d, fmt.Errorf("read schema %s: %w", in.path, err)
		}
	}
	return d, nil
}
