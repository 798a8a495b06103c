package main

import (
	"sort"

	"k8s.io/apiserver/pkg/apis/audit"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

func init() {
	modes["audit"] = auditPolicy
}

// requests are the same in seawall: every combination of these.
var (
	auditUsers = []user.Info{
		nil,
		&user.DefaultInfo{Name: "ann", Groups: []string{"dev", "system:authenticated"}},
		&user.DefaultInfo{Name: "system:kube-proxy", Groups: []string{"system:nodes"}},
		&user.DefaultInfo{Name: "", Groups: []string{""}},
	}
	auditVerbs      = []string{"get", "create", "watch"}
	auditNamespaces = []string{"", "shop", "kube-system"}
	auditResources  = [][3]string{
		{"", "pods", ""}, {"", "pods", "log"}, {"", "pods", "exec"}, {"", "secrets", ""},
		{"apps", "deployments", ""}, {"apps", "deployments", "scale"}, {"rbac.authorization.k8s.io", "roles", ""},
	}
	auditNames = []string{"", "x"}
	auditPaths = []string{"/", "/healthz", "/healthz/etcd", "/version", "/metrics", "/api*"}
)

// auditPolicy has a line for each request: level, omitted stages, and whether managed fields are omitted.
func auditPolicy(text []byte) any {
	loaded, err := policy.LoadPolicyFromBytes(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	evaluator := policy.NewPolicyRuleEvaluator(loaded)
	said := answer{}
	ask := func(attributes authorizer.AttributesRecord) {
		config := evaluator.EvaluatePolicyRule(attributes)
		line := string(config.Level)
		stages := map[audit.Stage]bool{}
		for _, stage := range config.OmitStages {
			stages[stage] = true
		}
		names := []string{}
		for stage := range stages {
			names = append(names, string(stage))
		}
		sort.Strings(names)
		for _, name := range names {
			line += " " + name
		}
		if config.OmitManagedFields {
			line += " omitManagedFields"
		}
		said.Meaning = append(said.Meaning, line)
	}
	for _, user := range auditUsers {
		for _, verb := range auditVerbs {
			for _, namespace := range auditNamespaces {
				for _, resource := range auditResources {
					for _, name := range auditNames {
						ask(authorizer.AttributesRecord{
							User: user, Verb: verb, Namespace: namespace, APIGroup: resource[0],
							Resource: resource[1], Subresource: resource[2], Name: name, ResourceRequest: true,
						})
					}
				}
			}
			for _, path := range auditPaths {
				ask(authorizer.AttributesRecord{User: user, Verb: verb, Path: path})
			}
		}
	}
	return said
}
