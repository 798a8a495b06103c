package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
)

// How often an evaluation with maps is repeated to see whether their order matters.
const repetitions = 12

func ask(asked question) (result answer) {
	defer func() {
		if stopped := recover(); stopped != nil {
			result = answer{Crash: true, Error: fmt.Sprint(stopped)}
		}
	}()
	env, err := environmentOf(asked.Minor, asked.Purpose)
	if err != nil {
		return answer{Compile: err.Error()}
	}
	ast, issues := env.Compile(asked.Expression)
	if issues != nil && issues.Err() != nil {
		return answer{Compile: issues.String()}
	}
	result.Type = ast.OutputType().String()
	program, err := env.Program(ast)
	if err != nil {
		result.Program = err.Error()
		return result
	}
	first := evaluate(program, asked)
	first.Type = result.Type
	again := 1
	if strings.ContainsAny(asked.Expression, "{") || strings.Contains(asked.Expression, "claims") || strings.Contains(asked.Expression, "getQuery") || strings.Contains(asked.Expression, "extra") || strings.Contains(asked.Expression, "user") || strings.Contains(asked.Expression, "request") {
		again = repetitions
	}
	for range again - 1 {
		next := evaluate(program, asked)
		next.Type = first.Type
		if next != first {
			first.Varies = true
			break
		}
	}
	return first
}

func evaluate(program cel.Program, asked question) answer {
	activation, err := input(asked)
	if err != nil {
		return answer{Error: err.Error()}
	}
	value, details, err := program.Eval(activation)
	var result answer
	if details != nil && details.ActualCost() != nil {
		result.Cost = *details.ActualCost()
	}
	if err != nil {
		result.Error = err.Error()
		return result
	}
	result.Value = show(value)
	return result
}

// input is the variable as upstream hands it to expressions.
func input(asked question) (map[string]any, error) {
	var values map[string]any
	if err := json.Unmarshal(asked.Input, &values); err != nil {
		return nil, err
	}
	switch asked.Purpose {
	case "request":
		return map[string]any{"request": values}, nil
	case "claims":
		return map[string]any{"claims": lazyValue("kubernetes.claims", values)}, nil
	}
	return map[string]any{"user": lazyValue("kubernetes.UserInfo", values)}, nil
}
