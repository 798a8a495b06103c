// Package flagset describes the flags of a component.
package flagset

import "github.com/spf13/pflag"

// Flag is one of them; Default is what the component uses when it is not given.
type Flag struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Default    string `json:"default"`
	Deprecated string `json:"deprecated,omitempty"`
	Shorthand  string `json:"shorthand,omitempty"`
	Hidden     bool   `json:"hidden,omitempty"`
}

// List gives them sorted by name.
func List(set *pflag.FlagSet) []Flag {
	found := []Flag{}
	set.VisitAll(func(f *pflag.Flag) {
		found = append(found, Flag{f.Name, f.Value.Type(), f.DefValue, f.Deprecated, f.Shorthand, f.Hidden})
	})
	return found
}
