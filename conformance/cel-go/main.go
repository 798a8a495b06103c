// Program cel-go compiles and evaluates CEL expressions with Kubernetes' own environments, for comparison with seawall.
//
// In: frames of a 4-byte big-endian length and as many bytes of JSON, a question. Out: one line of JSON per question.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// question is one expression and the values of its variable.
type question struct {
	// Minor is the Kubernetes version 1.N whose libraries are there.
	Minor uint `json:"minor"`
	// Purpose is request, claims or user.
	Purpose    string          `json:"purpose"`
	Expression string          `json:"expression"`
	Input      json.RawMessage `json:"input"`
}

// answer is what Kubernetes says; fields that do not apply are left out.
type answer struct {
	// Compile is the text of the compile error.
	Compile string `json:"compile,omitempty"`
	// Program is the text of the error of making it ready.
	Program string `json:"program,omitempty"`
	Type    string `json:"type,omitempty"`
	Value   string `json:"value,omitempty"`
	Error   string `json:"error,omitempty"`
	Cost    uint64 `json:"cost"`
	// Varies is set when evaluating again gave something else, because of the random order of Go's maps.
	Varies bool `json:"varies,omitempty"`
	// Crash is set when upstream's code stopped with a runtime error.
	Crash bool `json:"crash,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		var length uint32
		if err := binary.Read(in, binary.BigEndian, &length); err == io.EOF {
			return out.Flush()
		} else if err != nil {
			return err
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(in, text); err != nil {
			return err
		}
		var asked question
		if err := json.Unmarshal(text, &asked); err != nil {
			return err
		}
		if err := encoder.Encode(ask(asked)); err != nil {
			return err
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}
