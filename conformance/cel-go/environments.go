package main

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

var environments = map[string]*cel.Env{}

// environmentOf is the environment for new expressions of a version: stored ones see the libraries of all versions.
func environmentOf(minor uint, purpose string) (*cel.Env, error) {
	key := fmt.Sprintf("%d/%s", minor, purpose)
	if found, ok := environments[key]; ok {
		return found, nil
	}
	name, kind := variable(purpose)
	if kind == nil {
		return nil, fmt.Errorf("unknown purpose %q", purpose)
	}
	set, err := environment.MustBaseEnvSet(version.MajorMinor(1, minor)).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions:        []cel.EnvOption{cel.Variable(name, kind.CelType())},
		DeclTypes:         []*apiservercel.DeclType{kind},
	})
	if err != nil {
		return nil, err
	}
	environments[key] = set.NewExpressionsEnv()
	return environments[key], nil
}

type fields map[string]*apiservercel.DeclType

func object(name string, of fields) *apiservercel.DeclType {
	declared := map[string]*apiservercel.DeclField{}
	for field, kind := range of {
		declared[field] = apiservercel.NewDeclField(field, kind, false, nil, nil)
	}
	return apiservercel.NewObjectType(name, declared)
}

// variable is the variable of a purpose as pkg/authorization/cel and pkg/authentication/cel declare it.
func variable(purpose string) (string, *apiservercel.DeclType) {
	text := apiservercel.StringType
	texts := apiservercel.NewListType(text, -1)
	extra := apiservercel.NewMapType(text, texts, -1)
	switch purpose {
	case "claims":
		return "claims", apiservercel.NewMapType(text, apiservercel.AnyType, -1)
	case "user":
		return "user", object("kubernetes.UserInfo", fields{
			"username": text, "uid": text, "groups": texts, "extra": extra,
		})
	case "request":
		requirement := object("kubernetes.SelectorRequirement", fields{"key": text, "operator": text, "values": texts})
		selector := fields{"rawSelector": text, "requirements": apiservercel.NewListType(requirement, -1)}
		return "request", object("kubernetes.SubjectAccessReviewSpec", fields{
			"resourceAttributes": object("kubernetes.ResourceAttributes", fields{
				"namespace": text, "verb": text, "group": text, "version": text, "resource": text, "subresource": text,
				"name":          text,
				"fieldSelector": object("kubernetes.FieldSelectorAttributes", selector),
				"labelSelector": object("kubernetes.LabelSelectorAttributes", selector),
			}),
			"nonResourceAttributes": object("kubernetes.NonResourceAttributes", fields{"path": text, "verb": text}),
			"user":                  text, "groups": texts, "extra": extra, "uid": text,
		})
	}
	return "", nil
}
