package main

import (
	"flag"
	"io"

	"k8s.io/klog/v2"
)

// The API server's own log is no part of the answers.
func init() {
	flags := flag.NewFlagSet("log", flag.PanicOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "false", "stderrthreshold": "FATAL"} {
		if err := flags.Set(name, value); err != nil {
			panic(err)
		}
	}
	klog.SetOutput(io.Discard)
}
