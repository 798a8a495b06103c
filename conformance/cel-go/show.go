package main

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/lazy"
)

// show writes a value so that two are equal if and only if their texts are.
func show(value ref.Val) string {
	switch of := value.(type) {
	case types.Null:
		return "null"
	case types.Bool:
		return fmt.Sprintf("%t", bool(of))
	case types.Int:
		return fmt.Sprintf("int %d", int64(of))
	case types.Uint:
		return fmt.Sprintf("uint %d", uint64(of))
	case types.Double:
		if math.IsNaN(float64(of)) {
			return "double NaN"
		}
		return fmt.Sprintf("double %016x", math.Float64bits(float64(of)))
	case types.String:
		return fmt.Sprintf("string %x", string(of))
	case types.Bytes:
		return fmt.Sprintf("bytes %x", []byte(of))
	case types.Duration:
		return fmt.Sprintf("duration %d", int64(of.Duration))
	case types.Timestamp:
		_, offset := of.Zone()
		return fmt.Sprintf("timestamp %d.%09d %d", of.Unix(), of.Nanosecond(), offset)
	case *types.Optional:
		if !of.HasValue() {
			return "none"
		}
		return "some(" + show(of.GetValue()) + ")"
	case *types.Type:
		return "type " + of.TypeName()
	case apiservercel.URL:
		return fmt.Sprintf("url %x", of.URL.String())
	case apiservercel.IP:
		return "ip " + of.Addr.String()
	case apiservercel.CIDR:
		return "cidr " + of.Prefix.String()
	case apiservercel.Quantity:
		return quantity(of)
	case *apiservercel.Quantity:
		return quantity(*of)
	case apiservercel.Semver:
		return fmt.Sprintf("semver %d.%d.%d", of.Major, of.Minor, of.Patch)
	case apiservercel.Format:
		return "format " + of.Name
	case *lazy.MapValue:
		return "lazy " + of.Type().TypeName()
	case traits.Mapper:
		var entries []string
		for keys := of.Iterator(); keys.HasNext() == types.True; {
			key := keys.Next()
			found, _ := of.Find(key)
			entries = append(entries, show(key)+": "+show(found))
		}
		sort.Strings(entries)
		return "{" + strings.Join(entries, ", ") + "}"
	case traits.Lister:
		var elements []string
		for each := of.Iterator(); each.HasNext() == types.True; {
			elements = append(elements, show(each.Next()))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	return fmt.Sprintf("other %T", value)
}

func quantity(of apiservercel.Quantity) string {
	whole, fits := of.AsInt64()
	return fmt.Sprintf("quantity %d %t %016x", whole, fits, math.Float64bits(of.AsApproximateFloat64()))
}
