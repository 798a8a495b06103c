// yamlfloor reads the files it is given and parses them with yaml.v3 into nodes, and does nothing else: the time
// below which no Go program that keeps positions can judge them.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"gopkg.in/yaml.v3"
)

func main() {
	for _, name := range os.Args[1:] {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var node yaml.Node
			if err := decoder.Decode(&node); err != nil {
				if !errors.Is(err, io.EOF) {
					fmt.Fprintln(os.Stderr, name, err)
				}
				break
			}
		}
	}
}
