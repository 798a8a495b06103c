package main

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	"k8s.io/apiserver/pkg/apis/apiserver/load"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	authenticationcel "k8s.io/apiserver/pkg/authentication/cel"
	authorizationcel "k8s.io/apiserver/pkg/authorization/cel"
)

func init() {
	modes["authentication"] = authentication
	modes["authorization"] = authorization
	install.Install(structuredScheme)
}

var (
	structuredScheme       = runtime.NewScheme()
	structuredCodecs       = serializer.NewCodecFactory(structuredScheme, serializer.EnableStrict)
	authenticationCompiler = authenticationcel.NewDefaultCompiler()
	authorizationCompiler  = authorizationcel.NewDefaultCompiler()
)

// answer is what upstream makes of a configuration file.
type answer struct {
	// Error says why it is refused.
	Error string `json:"error,omitempty"`
	// Open are the reasons that seawall leaves undecided: CEL, and files on this machine.
	Open []string `json:"open,omitempty"`
	// Meaning is a line for each part.
	Meaning []string `json:"meaning,omitempty"`
}

// What depends on files of this machine, and what expressions say: seawall leaves some of it undecided.
var (
	ofFiles       = []string{"error loading file", "must be a regular file"}
	ofExpressions = []string{"compilation failed", "must evaluate to", "email_verified"}
)

// sorted tells what is left undecided, by words of the message, from the rest.
func sorted(errors field.ErrorList, undecided ...[]string) (refused, open []string) {
	for _, err := range errors {
		isOpen := false
		for _, words := range undecided {
			for _, word := range words {
				isOpen = isOpen || strings.Contains(err.Detail, word)
			}
		}
		if isOpen {
			open = append(open, err.Error())
		} else {
			refused = append(refused, err.Error())
		}
	}
	return refused, open
}

func authentication(text []byte) any {
	// As loadAuthenticationConfigFromData of kube-apiserver.
	if len(text) == 0 {
		return answer{Error: "empty"}
	}
	object, err := runtime.Decode(structuredCodecs.UniversalDecoder(), text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	config, ok := object.(*apiserver.AuthenticationConfiguration)
	if !ok {
		return answer{Error: fmt.Sprintf("%T", object)}
	}
	errors := validation.ValidateAuthenticationConfiguration(authenticationCompiler, config, []string{"https://kubernetes.default.svc"})
	refused, open := sorted(errors, ofFiles)
	if len(refused) > 0 {
		return answer{Error: strings.Join(refused, "; ")}
	}
	said := answer{Open: open}
	say := func(format string, arguments ...any) {
		said.Meaning = append(said.Meaning, fmt.Sprintf(format, arguments...))
	}
	mapping := func(claim, expression string, prefix *string) string {
		switch {
		case expression != "":
			return "expression " + expression
		case claim != "" && prefix != nil:
			return "claim " + *prefix + "|" + claim
		case claim != "":
			return "claim |" + claim
		}
		return "nothing"
	}
	if config.Anonymous != nil {
		paths := []string{}
		for _, condition := range config.Anonymous.Conditions {
			paths = append(paths, condition.Path)
		}
		say("anonymous %v %s", config.Anonymous.Enabled, strings.Join(paths, " "))
	}
	for _, jwt := range config.JWT {
		say("issuer %s discovery %s audiences %s", jwt.Issuer.URL, jwt.Issuer.DiscoveryURL, strings.Join(jwt.Issuer.Audiences, " "))
		maps := jwt.ClaimMappings
		say("username %s", mapping(maps.Username.Claim, maps.Username.Expression, maps.Username.Prefix))
		say("groups %s", mapping(maps.Groups.Claim, maps.Groups.Expression, maps.Groups.Prefix))
		say("uid %s", mapping(maps.UID.Claim, maps.UID.Expression, nil))
		for _, rule := range jwt.ClaimValidationRules {
			say("rule %s=%s %s", rule.Claim, rule.RequiredValue, rule.Expression)
		}
		for _, rule := range jwt.UserValidationRules {
			say("user rule %s", rule.Expression)
		}
		for _, extra := range maps.Extra {
			say("extra %s", extra.Key)
		}
	}
	return said
}

func authorization(text []byte) any {
	// As LoadAndValidateData of kube-apiserver; the authorizers are its modes.AuthorizationModeChoices.
	if len(text) == 0 {
		return answer{Error: "empty"}
	}
	config, err := load.LoadFromData(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	errors := validation.ValidateAuthorizationConfiguration(authorizationCompiler, nil, config,
		sets.New("AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node"), sets.New("Webhook"))
	refused, open := sorted(errors, ofFiles, ofExpressions)
	if len(refused) > 0 {
		return answer{Error: strings.Join(refused, "; ")}
	}
	said := answer{Open: open}
	for _, authorizer := range config.Authorizers {
		if authorizer.Type != "Webhook" && authorizer.Name != strings.ToLower(string(authorizer.Type)) {
			return answer{Error: "unexpected name " + authorizer.Name}
		}
		line := string(authorizer.Type) + " " + authorizer.Name
		if hook := authorizer.Webhook; hook != nil {
			file := ""
			if hook.ConnectionInfo.KubeConfigFile != nil {
				file = *hook.ConnectionInfo.KubeConfigFile
			}
			line += fmt.Sprintf(" %d %d %d %v %v %s %s %d", hook.Timeout.Nanoseconds(), hook.AuthorizedTTL.Nanoseconds(),
				hook.UnauthorizedTTL.Nanoseconds(), hook.CacheAuthorizedRequests, hook.CacheUnauthorizedRequests,
				hook.FailurePolicy, file, len(hook.MatchConditions))
		}
		said.Meaning = append(said.Meaning, line)
	}
	return said
}
