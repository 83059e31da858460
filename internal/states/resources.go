package states

import (
	"regexp"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

var (
	anyARN      = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[a-zA-Z0-9-]*:\S+$`)
	activityARN = regexp.MustCompile(`^arn:aws[a-z-]*:states:[a-z0-9-]+:\d+:activity:\S+$`)
	serviceARN  = regexp.MustCompile(`^arn:aws[a-z-]*:states:[a-z0-9-]*:[0-9]*:(?:([a-z0-9-]+):([a-zA-Z]+)|aws-sdk:([a-z0-9]+):([a-z][a-zA-Z0-9]*))(\.sync:2|\.sync|\.waitForTaskToken)?$`)
	otherURI    = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://\S`)
)

// taskResource takes the ARN of what a task calls, or, beyond AWS, a URI such
// as docker://image, which the States Language allows.
func taskResource(c *checker, n *node, p place) {
	if !c.is(n, document.String) {
		return
	}
	arn := n.str()
	switch {
	case otherURI.MatchString(arn):
	case !anyARN.MatchString(arn):
		c.fail(n, "Value is not a valid resource ARN")
	case activityARN.MatchString(arn):
		if p.express {
			c.fail(n, "Express state machine does not support Activity ARN")
		}
	case isIntegration(arn):
		c.integration(n, p)
	}
}

// isIntegration tells whether an ARN names a service integration: one of the
// states service without a region.
func isIntegration(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[2] == "states" && parts[3] == "" && parts[4] == ""
}

func (c *checker) integration(n *node, p place) {
	i, ok := integrationOf(n.str())
	switch {
	case !ok:
		c.fail(n, unrecognized, n.str())
	case p.express && strings.HasPrefix(i.pattern, ".sync"):
		c.fail(n, "Express state machine does not support '.sync' service integration")
	case p.express && i.pattern == ".waitForTaskToken":
		c.fail(n, "Express state machine does not support '.waitForTaskToken' service integration ") // AWS's own space
	}
}

// integration is a service integration taken apart.
type integration struct {
	sdk             bool
	service, action string
	pattern         string // "", .sync, .sync:2 or .waitForTaskToken
}

// integrationOf takes an ARN apart. ok is false if Step Functions has no such
// integration; of aws-sdk integrations only the form is judged.
func integrationOf(arn string) (i integration, ok bool) {
	m := serviceARN.FindStringSubmatch(arn)
	if m == nil {
		return i, false
	}
	if m[3] != "" {
		return integration{true, m[3], m[4], m[5]}, !strings.HasPrefix(m[5], ".sync")
	}
	i = integration{false, m[1], m[2], m[5]}
	patterns, ok := optimized[i.service+":"+i.action]
	return i, ok && (i.pattern == "" || slices.Contains(strings.Fields(patterns), i.pattern))
}

// optimized are the optimized integrations, by service and action, with the
// patterns beside request and response that each has, as the Developer Guide
// lists them.
var optimized = map[string]string{
	"lambda:invoke":                       ".waitForTaskToken",
	"sns:publish":                         ".waitForTaskToken",
	"sqs:sendMessage":                     ".waitForTaskToken",
	"events:putEvents":                    ".waitForTaskToken",
	"apigateway:invoke":                   ".waitForTaskToken",
	"states:startExecution":               ".sync .sync:2 .waitForTaskToken",
	"ecs:runTask":                         ".sync .waitForTaskToken",
	"eks:call":                            "",
	"eks:runJob":                          ".sync .waitForTaskToken",
	"eks:createCluster":                   ".sync",
	"eks:deleteCluster":                   ".sync",
	"eks:createFargateProfile":            ".sync",
	"eks:deleteFargateProfile":            ".sync",
	"eks:createNodegroup":                 ".sync",
	"eks:deleteNodegroup":                 ".sync",
	"dynamodb:getItem":                    "",
	"dynamodb:putItem":                    "",
	"dynamodb:updateItem":                 "",
	"dynamodb:deleteItem":                 "",
	"http:invoke":                         "",
	"bedrock:invokeModel":                 "",
	"bedrock:createModelCustomizationJob": ".sync",
	"batch:submitJob":                     ".sync .waitForTaskToken",
	"glue:startJobRun":                    ".sync",
	"databrew:startJobRun":                ".sync",
	"mediaconvert:createJob":              ".sync",

	"athena:startQueryExecution": ".sync",
	"athena:stopQueryExecution":  "",
	"athena:getQueryExecution":   "",
	"athena:getQueryResults":     "",

	"codebuild:startBuild":        ".sync",
	"codebuild:stopBuild":         "",
	"codebuild:startBuildBatch":   ".sync",
	"codebuild:stopBuildBatch":    "",
	"codebuild:retryBuildBatch":   ".sync",
	"codebuild:deleteBuildBatch":  "",
	"codebuild:batchDeleteBuilds": "",
	"codebuild:batchGetReports":   "",

	"sagemaker:createEndpoint":                "",
	"sagemaker:createEndpointConfig":          "",
	"sagemaker:updateEndpoint":                "",
	"sagemaker:createModel":                   "",
	"sagemaker:createHyperParameterTuningJob": ".sync",
	"sagemaker:createLabelingJob":             ".sync",
	"sagemaker:createProcessingJob":           ".sync",
	"sagemaker:createTrainingJob":             ".sync",
	"sagemaker:createTransformJob":            ".sync",

	"elasticmapreduce:createCluster":                   ".sync",
	"elasticmapreduce:terminateCluster":                ".sync",
	"elasticmapreduce:addStep":                         ".sync",
	"elasticmapreduce:cancelStep":                      "",
	"elasticmapreduce:modifyInstanceFleetByName":       "",
	"elasticmapreduce:modifyInstanceGroupByName":       "",
	"elasticmapreduce:setClusterTerminationProtection": "",

	"emr-containers:createVirtualCluster": "",
	"emr-containers:deleteVirtualCluster": ".sync",
	"emr-containers:startJobRun":          ".sync",

	"emr-serverless:createApplication": ".sync",
	"emr-serverless:startApplication":  ".sync",
	"emr-serverless:stopApplication":   ".sync",
	"emr-serverless:deleteApplication": ".sync",
	"emr-serverless:startJobRun":       ".sync",
	"emr-serverless:cancelJobRun":      ".sync",
}

// taskParameters checks the parameters of a task with a service integration.
// An aws-sdk integration under JSONata does not take the state's input for
// them, as AWS was measured.
func (c *checker) taskParameters(n *node, p place) {
	i, ok := integrationOf(text(n, "Resource"))
	if ok && i.sdk && p.language == JSONata {
		c.required(n, "Arguments")
	}
	if !ok || i.sdk {
		return
	}
	parameters := n.get("Parameters")
	if p.language == JSONata {
		parameters = n.get("Arguments")
	}
	if parameters == nil || parameters.kind != document.ObjectKind {
		return
	}
	action := i.service + ":" + i.action
	if payload := parameters.get("Payload"); action == "lambda:invoke" && payload != nil {
		if payload.kind == document.Number || payload.kind == document.Bool {
			c.fail(payload, "Expected value of type [OBJECT, ARRAY, STRING, NULL]")
		}
	}
}
