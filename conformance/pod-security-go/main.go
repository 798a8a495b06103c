// Program pod-security-go answers what Pod Security says about pods with Kubernetes' own code, for comparison with
// seawall.
//
// In: frames of a 4-byte big-endian length and as many bytes of text: a line with level and version, then the pod as
// YAML. Out: one line of JSON per text, the violations as `reason (detail)` in order, or the error.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

type answer struct {
	Violations []string `json:"violations"`
	Error      string   `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	encoder := json.NewEncoder(out)
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
		if err := encoder.Encode(evaluate(evaluator, string(text))); err != nil {
			return err
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func evaluate(evaluator policy.Evaluator, text string) answer {
	head, body, _ := strings.Cut(text, "\n")
	name, number, _ := strings.Cut(head, " ")
	level, err := api.ParseLevel(name)
	if err != nil {
		return answer{Error: err.Error()}
	}
	version, err := api.ParseVersion(number)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var pod corev1.Pod
	if err := yaml.Unmarshal([]byte(body), &pod); err != nil {
		return answer{Error: err.Error()}
	}
	// What the API server fills in before admission: a volume without a source is an emptyDir.
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			pod.Spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	violations := []string{}
	for _, result := range evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec) {
		if result.Allowed {
			continue
		}
		one := policy.AggregateCheckResults([]policy.CheckResult{result})
		violations = append(violations, one.ForbiddenDetail())
	}
	return answer{Violations: violations}
}
