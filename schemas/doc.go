// Package schemas holds what data looks like at rest and on its way in: the Arrow schemas of the tables that files are
// read into, with their versions and their column names. It does not know how a file is read or what is made of it.
package schemas
