package states

import (
	"regexp"

	"github.com/flowstone-go/flow/internal/document"
)

var readerFields = fields{
	"Resource":     {both, readerResource},
	"Parameters":   {pathOnly, template},
	"Arguments":    {jsonataOnly, arguments},
	"ReaderConfig": {both, readerConfig},
}

var (
	readerARN = regexp.MustCompile(`^arn:aws[a-z-]*:states:::s3:(getObject|listObjectsV2)$`)
	writerARN = regexp.MustCompile(`^arn:aws[a-z-]*:states:::s3:putObject$`)
)

const unrecognized = "The resource provided %s is not recognized. The value is not a valid resource ARN, or the resource is not available in this region."

func readerResource(c *checker, n *node, _ place) {
	if c.is(n, document.String) && !readerARN.MatchString(n.str()) {
		c.fail(n, unrecognized, n.str())
	}
}

func itemReader(c *checker, n *node, p place) {
	c.object(n, readerFields, p, "Resource")
	c.locationTexts(n, "Bucket", "Key", "VersionId")
}

var configFields = fields{
	"InputType":         {both, oneOf("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")},
	"Transformation":    {both, oneOf("NONE", "LOAD_AND_FLATTEN")},
	"ManifestType":      {both, oneOf("S3_INVENTORY", "ATHENA_DATA")},
	"ItemsPointer":      {both, itemsPointer},
	"CSVHeaderLocation": {both, oneOf("FIRST_ROW", "GIVEN")},
	"CSVHeaders":        {both, filled(str)},
	"CSVDelimiter":      {both, oneOf("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")},
	"MaxItems":          {both, whole(0, unbounded)},
	"MaxItemsPath":      {pathOnly, referencePath},
}

func readerConfig(c *checker, n *node, p place) {
	if !c.object(n, configFields, p) {
		return
	}
	c.atMostOne(n, "MaxItems", "MaxItemsPath")
	if text(n, "CSVHeaderLocation") == "GIVEN" && n.get("CSVHeaders") == nil {
		c.fail(n, "These fields are required: [CSVHeaders]")
	}
}

// itemsPointer takes a JSON pointer (RFC 6901), and under JSONata an
// expression too.
func itemsPointer(c *checker, n *node, p place) {
	if !c.is(n, document.String) {
		return
	}
	if _, ok := Expression(n.str()); ok && p.language == JSONata {
		c.expression(n, p)
		return
	}
	if !jsonPointer.MatchString(n.str()) {
		c.fail(n, "Value should be a JSON pointer")
	}
}

var jsonPointer = regexp.MustCompile(`^(/([^/~]|~[01])*)*$`)

var batcherFields = fields{
	"BatchInput":                {both, templateOrExpressions},
	"MaxItemsPerBatch":          {both, whole(1, unbounded)},
	"MaxItemsPerBatchPath":      {pathOnly, referencePath},
	"MaxInputBytesPerBatch":     {both, whole(1, 262_144)},
	"MaxInputBytesPerBatchPath": {pathOnly, referencePath},
}

func itemBatcher(c *checker, n *node, p place) {
	if !c.object(n, batcherFields, p) {
		return
	}
	c.atMostOne(n, "MaxItemsPerBatch", "MaxItemsPerBatchPath")
	c.atMostOne(n, "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")
	limits := []string{"MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"}
	if len(present(n, limits)) == 0 {
		c.fail(n, "At least one of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]")
	}
}

var writerFields = fields{
	"Resource":     {both, writerResource},
	"Parameters":   {pathOnly, template},
	"Arguments":    {jsonataOnly, arguments},
	"WriterConfig": {both, writerConfig},
}

func writerResource(c *checker, n *node, _ place) {
	if c.is(n, document.String) && !writerARN.MatchString(n.str()) {
		c.fail(n, unrecognized, n.str())
	}
}

func resultWriter(c *checker, n *node, p place) {
	if c.object(n, writerFields, p) && len(n.items) == 0 {
		c.fail(n, "Value cannot be empty")
	}
	if n.get("Resource") == nil && (n.get("Parameters") != nil || n.get("Arguments") != nil) {
		c.fail(n, "These fields are required: [Resource]")
	}
	c.locationTexts(n, "Bucket", "Prefix")
}

func writerConfig(c *checker, n *node, p place) {
	c.object(n, fields{
		"Transformation": {both, oneOf("NONE", "COMPACT", "FLATTEN")},
		"OutputType":     {both, oneOf("JSON", "JSONL")},
	}, p, "Transformation", "OutputType")
}

// locationTexts wants the parameters that say where a reader or writer works
// to be texts, where they are constant.
func (c *checker) locationTexts(n *node, keys ...string) {
	for _, field := range []string{"Parameters", "Arguments"} {
		for _, key := range keys {
			if v := n.get(field).get(key); v != nil {
				c.is(v, document.String)
			}
		}
	}
}
