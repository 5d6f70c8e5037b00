// Package floors keeps the house standing: its tests fail where an import goes up, sideways or to a banned package, and
// where vet, staticcheck or gofumpt find fault. It holds no code that runs in the product.
package floors
