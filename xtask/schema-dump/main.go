// Prints what one Kubernetes release really knows, as JSON: the flags of a component (with type, default and
// deprecation), the feature gates, or the admission plugins. It runs the release's own option packages, so nothing
// is guessed from text. `xtask gen schema` builds it once per release with a go.mod of its own.
// kube-proxy takes over every flag of the packages it is linked with, so it has a program of its own (proxy/).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"seawall/schema-dump/flagset"

	"github.com/spf13/pflag"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/cli/globalflag"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	_ "k8s.io/component-base/logs/json/register"
	metricsfeatures "k8s.io/component-base/metrics/features"
	"k8s.io/component-base/version/verflag"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app/options"
	_ "k8s.io/kubernetes/pkg/features"
	plugins "k8s.io/kubernetes/pkg/kubeapiserver/options"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// As app.New…Command of the three control plane components does.
func named(component string, sets cliflag.NamedFlagSets) *pflag.FlagSet {
	all := pflag.NewFlagSet(component, pflag.ContinueOnError)
	verflag.AddFlags(sets.FlagSet("global"))
	globalflag.AddGlobalFlags(sets.FlagSet("global"), component, logs.SkipLoggingConfigurationFlags())
	if component == "kube-apiserver" {
		addCustomGlobalFlags(sets.FlagSet("generic"))
	}
	for _, set := range sets.FlagSets {
		all.AddFlagSet(set)
	}
	return all
}

func flagsOf(component string) *pflag.FlagSet {
	switch component {
	case "kube-apiserver":
		return named(component, apiserver.NewServerRunOptions().Flags())
	case "kube-controller-manager":
		options, err := manager.NewKubeControllerManagerOptions()
		must(err)
		return named(component, options.Flags([]string{}, []string{}, map[string]string{}))
	case "kube-scheduler":
		return named(component, *scheduler.NewOptions().Flags)
	case "kubelet":
		all := pflag.NewFlagSet(component, pflag.ContinueOnError)
		all.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
		configuration, err := kubelet.NewKubeletConfiguration()
		must(err)
		kubelet.NewKubeletFlags().AddFlags(all)
		kubelet.AddKubeletConfigFlags(all, configuration)
		kubelet.AddGlobalFlags(all)
		return all
	}
	must(fmt.Errorf("unknown component %q", component))
	return nil
}

func main() {
	if len(os.Args) != 2 {
		must(fmt.Errorf("usage: %s COMPONENT|gates|plugins", os.Args[0]))
	}
	var answer any
	switch os.Args[1] {
	case "gates":
		// The components' own packages add these two sets when they start.
		must(logsapi.AddFeatureGates(utilfeature.DefaultMutableFeatureGate))
		must(metricsfeatures.AddFeatureGates(utilfeature.DefaultMutableFeatureGate))
		answer = utilfeature.DefaultMutableFeatureGate.GetAll()
	case "plugins":
		known := append([]string{}, plugins.AllOrderedPlugins...)
		off := plugins.DefaultOffAdmissionPlugins()
		on := []string{}
		for _, name := range known {
			if !off.Has(name) {
				on = append(on, name)
			}
		}
		sort.Strings(on)
		answer = map[string][]string{"ordered": known, "on": on}
	default:
		answer = flagset.List(flagsOf(os.Args[1]))
	}
	must(json.NewEncoder(os.Stdout).Encode(answer))
}
