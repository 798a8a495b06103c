package main

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/lazy"
)

// lazyValue is an object as the authenticator for JWTs makes it (plugin/pkg/authenticator/token/oidc).
func lazyValue(name string, fields map[string]any) ref.Val {
	value := lazy.NewMapValue(types.NewObjectType(name))
	for field, content := range fields {
		value.Append(field, func(*lazy.MapValue) ref.Val {
			return unescaped(types.DefaultTypeAdapter.NativeToValue(content))
		})
	}
	return value
}

// unescapedMap and unescapedList read escaped names, as the authenticator's unexported wrappers do.
type unescapedMap struct {
	traits.Mapper
}

type unescapedList struct {
	traits.Lister
}

func unescaped(value ref.Val) ref.Val {
	switch of := value.(type) {
	case traits.Mapper:
		return &unescapedMap{of}
	case traits.Lister:
		return &unescapedList{of}
	}
	return value
}

func (m *unescapedMap) Find(key ref.Val) (ref.Val, bool) {
	if text, ok := key.(types.String); ok {
		if name, ok := apiservercel.Unescape(string(text)); ok {
			key = types.String(name)
		}
	}
	value, found := m.Mapper.Find(key)
	return unescaped(value), found
}

func (l *unescapedList) Get(index ref.Val) ref.Val {
	return unescaped(l.Lister.Get(index))
}
