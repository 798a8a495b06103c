package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
)

// document is one document of a stream: its JSON, or why there is none.
type document struct {
	JSON  string `json:"json,omitempty"`
	Error string `json:"error,omitempty"`
}

// convert reads a text as `kubectl apply -f` does (cli-runtime's StreamVisitor), but goes on behind broken documents.
func convert(text []byte) any {
	documents := []document{}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		raw, err := next(decoder)
		if err == io.EOF {
			return documents
		}
		if err != nil {
			documents = append(documents, document{Error: err.Error()})
			// Without a YAML reader the decoder repeats its error for ever.
			if reflect.ValueOf(decoder).Elem().FieldByName("yaml").IsNil() {
				return documents
			}
			continue
		}
		isYAML := !reflect.ValueOf(decoder).Elem().FieldByName("yaml").IsNil()
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		if isYAML {
			// This is what sigs.k8s.io/yaml printed.
			documents = append(documents, document{JSON: string(raw)})
			continue
		}
		canonical, err := canonicalJSON(raw)
		if err != nil {
			documents = append(documents, document{Error: err.Error()})
			continue
		}
		documents = append(documents, document{JSON: canonical})
	}
}

// next reads one document. A crash of the decoder is a refusal.
func next(decoder *utilyaml.YAMLOrJSONDecoder) (raw []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("crash: %v", problem)
		}
	}()
	extension := runtime.RawExtension{}
	err = decoder.Decode(&extension)
	return extension.Raw, err
}

// canonicalJSON decodes JSON and prints it as encoding/json does: what is left of a document that came as JSON once
// it has been decoded. Integers of 64 bits are kept, as sigs.k8s.io/yaml keeps them.
func canonicalJSON(raw []byte) (string, error) {
	// What the API machinery refuses is refused.
	var decoded any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &decoded); err != nil {
		return "", err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", err
	}
	value, err := numbers(value)
	if err != nil {
		return "", err
	}
	printed, err := json.Marshal(value)
	return string(printed), err
}

func numbers(value any) (any, error) {
	var err error
	switch value := value.(type) {
	case json.Number:
		if number, err := strconv.ParseInt(value.String(), 10, 64); err == nil {
			return number, nil
		}
		if number, err := strconv.ParseUint(value.String(), 10, 64); err == nil {
			return number, nil
		}
		return value.Float64()
	case map[string]any:
		for key, inner := range value {
			if value[key], err = numbers(inner); err != nil {
				return nil, err
			}
		}
	case []any:
		for index, inner := range value {
			if value[index], err = numbers(inner); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}
