package demand

import (
	"iter"
	"strings"
)

// JoinDimensions writes dimensions as one text: name=value, in the order given, with semicolons between them. A semicolon
// or a backslash of a value has a backslash before it, so that different values never make the same text. Names hold
// neither these nor an equals sign. No dimensions are the empty text.
func JoinDimensions(names, values []string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(name)
		b.WriteByte('=')
		escapeDimension.WriteString(&b, values[i])
	}
	return b.String()
}

var escapeDimension = strings.NewReplacer(`\`, `\\`, `;`, `\;`)

// Dimensions yields the names and the values of the key's further dimensions, in order.
func (k Key) Dimensions() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for rest := k.Dims; rest != ""; {
			name, after, _ := strings.Cut(rest, "=")
			var value strings.Builder
			i := 0
			for ; i < len(after) && after[i] != ';'; i++ {
				if after[i] == '\\' && i+1 < len(after) {
					i++
				}
				value.WriteByte(after[i])
			}
			if !yield(name, value.String()) || i >= len(after) {
				return
			}
			rest = after[i+1:]
		}
	}
}
