//go:build !custom_flags

package main

import "github.com/spf13/pflag"

// From 1.34 on there are none.
func addCustomGlobalFlags(*pflag.FlagSet) {}
