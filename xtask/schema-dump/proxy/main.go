// Prints the flags of kube-proxy.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"seawall/schema-dump/flagset"

	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/kube-proxy/app"
)

func main() {
	if err := json.NewEncoder(os.Stdout).Encode(flagset.List(app.NewProxyCommand().Flags())); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
