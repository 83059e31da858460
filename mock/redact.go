package mock

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// removed stands in a recording for what was taken out.
const removed = "REMOVED"

// secretTexts are forms of secrets within any text. What a form's first group
// matches stays.
var secretTexts = []*regexp.Regexp{
	regexp.MustCompile(`()\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`),                                                             // AWS access key IDs
	regexp.MustCompile(`()\bABSK[0-9A-Za-z+/=]{20,}`),                                                                 // Bedrock API keys
	regexp.MustCompile(`()\bbedrock-api-key-[0-9A-Za-z+/=_-]{20,}`),                                                   // and short-term ones
	regexp.MustCompile(`()\bsk-[0-9A-Za-z_-]{16,}`),                                                                   // keys of OpenAI and others
	regexp.MustCompile(`()\bgh[opsur]_[0-9A-Za-z]{30,}`),                                                              // GitHub tokens
	regexp.MustCompile(`()\beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*`),                                 // JSON web tokens
	regexp.MustCompile(`(?i)(\bbearer\s+)[0-9a-z._~+/=-]{8,}`),                                                        // authorization headers
	regexp.MustCompile(`(?i)(\bx-amz-(?:signature|credential|security-token)=)[^&\s"']+`),                             // presigned URLs
	regexp.MustCompile(`(?s)()-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`),           // private keys
	regexp.MustCompile(`(\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:)[0-9]{12}\b`),                                        // account numbers
	regexp.MustCompile(`(?i)(\b(?:aws_)?(?:secret_access_key|session_token)["']?\s*[=:]\s*["']?)[0-9A-Za-z/+=]{20,}`), // in configuration files
}

// secretNames are names of members whose text is a secret, in lower case and
// without - and _.
var secretNames = map[string]bool{
	"authorization": true, "apikey": true, "xapikey": true, "password": true, "passwd": true, "secret": true, "clientsecret": true,
	"accesstoken": true, "refreshtoken": true, "sessiontoken": true, "securitytoken": true, "secretaccesskey": true, "secretkey": true,
	"privatekey": true, "accesskeyid": true, "cookie": true, "setcookie": true, "credential": true, "credentials": true,
}

// binaryNames are names of members that hold bytes, or text that must stay as
// it is.
var binaryNames = map[string]bool{"bytes": true, "redacted": true}

// Redaction takes more out of a recording than secrets that are known by their
// form: every match of the expression becomes REMOVED. Give [Record] and
// [Replay] the same ones.
type Redaction struct{ expr *regexp.Regexp }

// Redact makes a Redaction of a compiled expression.
func Redact(expr *regexp.Regexp) Redaction { return Redaction{expr} }

// redacted gives JSON without secrets.
func redacted(data []byte, more []Redaction) (json.RawMessage, error) {
	v, err := document.Decode(data)
	if err != nil {
		return nil, err
	}
	return document.Encode(redactValue(v, "", more))
}

func redactValue(v any, name string, more []Redaction) any {
	switch v := v.(type) {
	case string:
		return redactText(v, name, more)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = redactValue(e, name, more)
		}
		return list
	case *document.Object:
		o := document.NewObject(v.Len())
		for key, e := range v.All() {
			o.Set(key, redactValue(e, key, more))
		}
		return o
	}
	return v
}

func redactText(text, name string, more []Redaction) string {
	if binaryNames[name] || text == "" {
		return text
	}
	if secretNames[strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))] {
		return removed
	}
	for _, re := range secretTexts {
		text = re.ReplaceAllString(text, "${1}"+removed)
	}
	for _, r := range more {
		if r.expr != nil {
			text = r.expr.ReplaceAllString(text, removed)
		}
	}
	return text
}
