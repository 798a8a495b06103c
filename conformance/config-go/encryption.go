package main

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/server/options/encryptionconfig"
	"k8s.io/apiserver/pkg/storage/value"
	kmsservice "k8s.io/kms/pkg/service"
	"k8s.io/kms/pkg/util"
)

func init() {
	modes["encryption"] = encryption
	// No service answers here; what is judged is which one would be asked.
	encryptionconfig.EnvelopeKMSv2ServiceFactory = func(_ context.Context, endpoint, name string, _ time.Duration) (kmsservice.Service, error) {
		if _, err := util.ParseEndpoint(endpoint); err != nil {
			return nil, err
		}
		return service{}, nil
	}
}

// service stands for a key management service: it turns a key into itself.
type service struct{}

func (service) Decrypt(_ context.Context, _ string, request *kmsservice.DecryptRequest) ([]byte, error) {
	return request.Ciphertext, nil
}

func (service) Encrypt(_ context.Context, _ string, data []byte) (*kmsservice.EncryptResponse, error) {
	return &kmsservice.EncryptResponse{Ciphertext: data, KeyID: "1"}, nil
}

func (service) Status(context.Context) (*kmsservice.StatusResponse, error) {
	return &kmsservice.StatusResponse{Version: "v2", Healthz: "ok", KeyID: "1"}, nil
}

// asked are the resources whose storage is compared; seawall asks for the same ones.
var asked = []schema.GroupResource{
	{Resource: "secrets"},
	{Resource: "configmaps"},
	{Resource: "events"},
	{Resource: "pods"},
	{Group: "apps", Resource: "deployments"},
	{Group: "apps", Resource: "statefulsets"},
	{Group: "batch", Resource: "jobs"},
	{Group: "awesome.bears.example", Resource: "pandas"},
	{Group: "other.example", Resource: "things"},
}

// encryption says, for each asked resource, what its stored values begin with, and which values it can read: `0` no,
// `1` yes, `s` yes and stale. The values are what each asked resource is stored as, and one without encryption.
func encryption(text []byte) any {
	folder, err := os.MkdirTemp("", "seawall")
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "encryption.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return answer{Error: err.Error()}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	configuration, err := encryptionconfig.LoadEncryptionConfig(ctx, file, false, "")
	if err != nil {
		return answer{Error: err.Error()}
	}
	transformers := encryptionconfig.StaticTransformers(configuration.Transformers)
	said := answer{}
	dataContext := value.DefaultContext("key")
	stored := [][]byte{}
	for _, resource := range asked {
		out, err := transformers.TransformerForResource(resource).TransformToStorage(ctx, []byte("plain"), dataContext)
		if err != nil {
			return answer{Error: "cannot write: " + err.Error()}
		}
		stored = append(stored, out)
		said.Meaning = append(said.Meaning, prefix(string(out)))
	}
	stored = append(stored, []byte("plain"))
	for _, resource := range asked {
		reads := ""
		for _, data := range stored {
			out, stale, err := transformers.TransformerForResource(resource).TransformFromStorage(ctx, data, dataContext)
			switch {
			case err != nil || string(out) != "plain":
				reads += "0"
			case stale:
				reads += "s"
			default:
				reads += "1"
			}
		}
		said.Meaning = append(said.Meaning, reads)
	}
	return said
}

// prefix is `k8s:enc:SORT:vN:NAME:`, in base64 because names may be any bytes; nothing for plain values.
func prefix(stored string) string {
	const start = "k8s:enc:"
	if len(stored) < len(start) || stored[:len(start)] != start {
		return ""
	}
	colons := 0
	for at, c := range stored {
		if c == ':' {
			if colons++; colons == 5 {
				return base64.StdEncoding.EncodeToString([]byte(stored[:at+1]))
			}
		}
	}
	return "?"
}
