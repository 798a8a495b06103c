// Prints the flags of etcd.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	found := []map[string]any{}
	etcdmain.FlagSet().VisitAll(func(f *flag.Flag) {
		entry := map[string]any{"name": f.Name, "type": fmt.Sprintf("%T", f.Value), "default": f.DefValue}
		if strings.Contains(strings.ToLower(f.Usage), "deprecated") {
			entry["deprecated"] = f.Usage
		}
		found = append(found, entry)
	})
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
