package bedrock_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/model"
)

// sdk is what the SDK's source says: the unions and their members, which reflection cannot enumerate.
type sdk struct {
	members map[string][]string // of a union
}

// readSDK reads which types are members of which unions from the methods that make them so.
func readSDK(t *testing.T) sdk {
	t.Helper()
	const pkg = "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of the SDK: %v", err)
	}
	s := sdk{members: map[string][]string{}}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !strings.HasPrefix(method.Name.Name, "is") {
				continue
			}
			star, ok := method.Recv.List[0].Type.(*ast.StarExpr)
			if !ok {
				continue
			}
			union := strings.TrimPrefix(method.Name.Name, "is")
			member := star.X.(*ast.Ident).Name
			if rest, ok := strings.CutPrefix(member, union+"Member"); ok {
				s.members[union] = append(s.members[union], rest)
			}
		}
	}
	return s
}

// memberTypes are the members that lead to further types; the test fails if the SDK has one that is missing here.
var memberTypes = map[string]reflect.Type{}

func init() {
	for _, v := range []any{
		types.AudioSourceMemberBytes{},
		types.AudioSourceMemberS3Location{},
		types.CitationGeneratedContentMemberText{},
		types.CitationSourceContentMemberText{},
		types.CitationLocationMemberDocumentChar{},
		types.CitationLocationMemberDocumentChunk{},
		types.CitationLocationMemberDocumentPage{},
		types.CitationLocationMemberSearchResultLocation{},
		types.CitationLocationMemberWeb{},
		types.ContentBlockMemberAudio{},
		types.ContentBlockMemberCachePoint{},
		types.ContentBlockMemberCitationsContent{},
		types.ContentBlockMemberDocument{},
		types.ContentBlockMemberGuardContent{},
		types.ContentBlockMemberImage{},
		types.ContentBlockMemberReasoningContent{},
		types.ContentBlockMemberSearchResult{},
		types.ContentBlockMemberText{},
		types.ContentBlockMemberToolAddition{},
		types.ContentBlockMemberToolRemoval{},
		types.ContentBlockMemberToolResult{},
		types.ContentBlockMemberToolUse{},
		types.ContentBlockMemberVideo{},
		types.ContentBlockDeltaMemberCitation{},
		types.ContentBlockDeltaMemberImage{},
		types.ContentBlockDeltaMemberReasoningContent{},
		types.ContentBlockDeltaMemberText{},
		types.ContentBlockDeltaMemberToolResult{},
		types.ContentBlockDeltaMemberToolUse{},
		types.ContentBlockStartMemberImage{},
		types.ContentBlockStartMemberToolResult{},
		types.ContentBlockStartMemberToolUse{},
		types.ConverseOutputMemberMessage{},
		types.ConverseStreamOutputMemberContentBlockDelta{},
		types.ConverseStreamOutputMemberContentBlockStart{},
		types.ConverseStreamOutputMemberContentBlockStop{},
		types.ConverseStreamOutputMemberMessageStart{},
		types.ConverseStreamOutputMemberMessageStop{},
		types.ConverseStreamOutputMemberMetadata{},
		types.CountTokensInputMemberConverse{},
		types.CountTokensInputMemberInvokeModel{},
		types.DocumentContentBlockMemberText{},
		types.DocumentSourceMemberBytes{},
		types.DocumentSourceMemberContent{},
		types.DocumentSourceMemberS3Location{},
		types.DocumentSourceMemberText{},
		types.GuardrailConverseContentBlockMemberImage{},
		types.GuardrailConverseContentBlockMemberText{},
		types.GuardrailConverseImageSourceMemberBytes{},
		types.ImageSourceMemberBytes{},
		types.ImageSourceMemberS3Location{},
		types.OutputFormatStructureMemberJsonSchema{},
		types.PromptVariableValuesMemberText{},
		types.ReasoningContentBlockMemberReasoningText{},
		types.ReasoningContentBlockMemberRedactedContent{},
		types.ReasoningContentBlockDeltaMemberRedactedContent{},
		types.ReasoningContentBlockDeltaMemberSignature{},
		types.ReasoningContentBlockDeltaMemberText{},
		types.SystemContentBlockMemberCachePoint{},
		types.SystemContentBlockMemberGuardContent{},
		types.SystemContentBlockMemberText{},
		types.ToolMemberCachePoint{},
		types.ToolMemberSystemTool{},
		types.ToolMemberToolSpec{},
		types.ToolChoiceMemberAny{},
		types.ToolChoiceMemberAuto{},
		types.ToolChoiceMemberTool{},
		types.ToolInputSchemaMemberJson{},
		types.ToolResultBlockDeltaMemberJson{},
		types.ToolResultBlockDeltaMemberText{},
		types.ToolResultContentBlockMemberDocument{},
		types.ToolResultContentBlockMemberImage{},
		types.ToolResultContentBlockMemberJson{},
		types.ToolResultContentBlockMemberSearchResult{},
		types.ToolResultContentBlockMemberText{},
		types.ToolResultContentBlockMemberVideo{},
		types.VideoSourceMemberBytes{},
		types.VideoSourceMemberS3Location{},
	} {
		memberTypes[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
}

// sdkFields walks the SDK's types from the calls that a Model makes and lists every field and union member as Type.Field.
func sdkFields(t *testing.T) []string {
	t.Helper()
	source := readSDK(t)
	seen := map[reflect.Type]bool{}
	fields := map[string]bool{}
	var walk func(typ reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if seen[typ] || !strings.Contains(typ.PkgPath(), "service/bedrockruntime") {
			return
		}
		seen[typ] = true
		if typ.Name() == "GuardrailTraceAssessment" { // goes through whole: TestAssessmentsHaveEveryField
			return
		}
		switch typ.Kind() {
		case reflect.Struct:
			for f := range typ.Fields() {
				if f.IsExported() {
					fields[typ.Name()+"."+f.Name] = true
					walk(f.Type)
				}
			}
		case reflect.Interface:
			if typ.Name() == "Interface" { // a document
				return
			}
			if len(source.members[typ.Name()]) == 0 {
				t.Errorf("the union %s has no members in the source", typ.Name())
			}
			for _, member := range source.members[typ.Name()] {
				fields[typ.Name()+"."+member] = true
				mt, ok := memberTypes[typ.Name()+"Member"+member]
				if !ok {
					t.Errorf("member %s of union %s is not in memberTypes", member, typ.Name())
					continue
				}
				value, _ := mt.FieldByName("Value")
				walk(value.Type)
			}
		}
	}
	walk(reflect.TypeFor[bedrockruntime.ConverseInput]())
	walk(reflect.TypeFor[bedrockruntime.ConverseOutput]())
	walk(reflect.TypeFor[bedrockruntime.ConverseStreamInput]())
	walk(reflect.TypeFor[types.ConverseStreamOutput]())
	walk(reflect.TypeFor[bedrockruntime.ConverseStreamOutput]())
	walk(reflect.TypeFor[bedrockruntime.CountTokensInput]())
	walk(reflect.TypeFor[bedrockruntime.CountTokensOutput]())
	var list []string
	for name := range fields {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// page has the table of the fields.
const page = "../docs/converse.md"

var name = regexp.MustCompile("`(\\w+\\.\\w+)`")

// table reads the rows of the page: what they say of a field.
func table(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(page)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the module is not in its repository, which has the page")
	}
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.SplitSeq(string(data), "\n") {
		left, right, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !ok || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, m := range name.FindAllStringSubmatch(left, -1) {
			if out[m[1]] != "" {
				t.Errorf("%s stands twice in the table", m[1])
			}
			out[m[1]] = strings.ReplaceAll(strings.TrimSuffix(right, " |"), "`", "")
		}
	}
	return out
}

// ours are the types that the table's right side names.
var ours = map[string]reflect.Type{
	"Request": reflect.TypeFor[model.Request](), "Response": reflect.TypeFor[model.Response](), "Message": reflect.TypeFor[model.Message](),
	"Usage": reflect.TypeFor[model.Usage](), "Tool": reflect.TypeFor[model.Tool](), "ToolChoice": reflect.TypeFor[model.ToolChoice](),
	"Output": reflect.TypeFor[model.Output](), "Guardrail": reflect.TypeFor[model.Guardrail](), "Event": reflect.TypeFor[model.Event](),
	"Text": reflect.TypeFor[model.Text](), "Image": reflect.TypeFor[model.Image](), "Document": reflect.TypeFor[model.Document](),
	"Video": reflect.TypeFor[model.Video](), "Audio": reflect.TypeFor[model.Audio](), "JSON": reflect.TypeFor[model.JSON](),
	"ToolUse": reflect.TypeFor[model.ToolUse](), "ToolResult": reflect.TypeFor[model.ToolResult](), "Reasoning": reflect.TypeFor[model.Reasoning](),
	"SearchResult": reflect.TypeFor[model.SearchResult](), "Guard": reflect.TypeFor[model.Guard](), "CachePoint": reflect.TypeFor[model.CachePoint](),
	"ToolChange": reflect.TypeFor[model.ToolChange](), "Citation": reflect.TypeFor[model.Citation](), "Location": reflect.TypeFor[model.Location](),
	"Source": reflect.TypeFor[model.Source](), "Error": reflect.TypeFor[model.Error](), "Model": reflect.TypeFor[*bedrock.Model](), "InvokeModel": reflect.TypeFor[*bedrock.InvokeModel](),
}

func TestEveryFieldOfConverseHasItsPlace(t *testing.T) {
	have := table(t)
	for _, name := range sdkFields(t) {
		if have[name] == "" {
			t.Errorf("%s is neither mapped nor left out in %s", name, page)
		}
		delete(have, name)
	}
	for name := range have {
		t.Errorf("%s of the table is no field of the SDK", name)
	}
	for name, place := range table(t) {
		if reason, ok := strings.CutPrefix(place, "left out: "); ok {
			if reason == "" {
				t.Errorf("%s is left out without a reason", name)
			}
			continue
		}
		place, _, _ = strings.Cut(place, " (")
		for ref := range strings.SplitSeq(place, ", ") {
			ref, _, _ = strings.Cut(ref, " ")
			typ, field, _ := strings.Cut(ref, ".")
			found, ok := ours[typ]
			if !ok {
				t.Errorf("%s: there is no type %q", name, typ)
				continue
			}
			if field == "" {
				continue
			}
			_, isMethod := found.MethodByName(field)
			isField := false
			if found.Kind() == reflect.Struct {
				_, isField = found.FieldByName(field)
			}
			if !isField && !isMethod {
				t.Errorf("%s: there is no %s", name, ref)
			}
		}
	}
}
