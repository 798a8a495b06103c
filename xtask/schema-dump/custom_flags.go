//go:build custom_flags

package main

import (
	"github.com/spf13/pflag"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// Releases up to 1.33 register flags of linked libraries here.
func addCustomGlobalFlags(set *pflag.FlagSet) { options.AddCustomGlobalFlags(set) }
