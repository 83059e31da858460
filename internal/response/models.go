package response

import "sync"

// models gives the shapes by operation, as Step Functions names it after
// aws-sdk:. An integration of its own whose answer is another one has an entry
// with that prefix besides.
var models = sync.OnceValue(func() map[string]*shape {
	all := map[string]*shape{}
	for _, add := range []func(map[string]*shape){workflows, functions, messages, tables, objects, secrets, languageModels} {
		add(all)
	}
	return all
})

func workflows(all map[string]*shape) {
	details := object("Included", flag)
	started := object("ExecutionArn!", long(1), "StartDate!", timestamp)
	running := oneOf("RUNNING SUCCEEDED FAILED TIMED_OUT ABORTED PENDING_REDRIVE")
	all["sfn:startExecution"] = started
	all["states:startExecution"] = started
	all["sfn:startSyncExecution"] = object("ExecutionArn!", long(1), "StartDate! StopDate!", timestamp,
		"Status!", oneOf("SUCCEEDED FAILED TIMED_OUT"), "StateMachineArn Name", long(1), "Error Cause Input Output TraceHeader", text,
		"InputDetails OutputDetails", details,
		"BillingDetails", object("BilledMemoryUsedInMB BilledDurationInMilliseconds", atLeast(0)))
	described := []any{
		"ExecutionArn! StateMachineArn!", long(1), "Status!", running, "StartDate!", timestamp,
		"Name MapRunArn StateMachineVersionArn StateMachineAliasArn", long(1),
		"StopDate TraceHeader Error Cause RedriveDate RedriveStatusReason", text,
		"RedriveStatus", oneOf("REDRIVABLE NOT_REDRIVABLE REDRIVABLE_BY_MAP_RUN"),
		"RedriveCount", number, "InputDetails OutputDetails", details,
	}
	all["sfn:describeExecution"] = object(append(described, "Input Output", text)...)
	all["states:startExecution.sync"] = all["sfn:describeExecution"]
	all["states:startExecution.sync:2"] = object(append(described, "Input Output", anything)...)
	all["sfn:stopExecution"] = object("StopDate!", timestamp)
	all["sfn:listExecutions"] = object("Executions!", list(object(
		"ExecutionArn! StateMachineArn! Name!", long(1), "Status!", running, "StartDate!", timestamp,
		"StopDate RedriveDate", timestamp, "MapRunArn StateMachineVersionArn StateMachineAliasArn", long(1), "ItemCount", atLeast(0), "RedriveCount", number)),
		"NextToken", long(1))
	all["sfn:sendTaskSuccess"] = object()
	all["sfn:sendTaskFailure"] = object()
	all["sfn:sendTaskHeartbeat"] = object()
	all["sfn:getActivityTask"] = object("TaskToken", long(1), "Input", text)
	events := object("FailedEntryCount", number, "Entries", list(object("EventId ErrorCode ErrorMessage", text)))
	all["events:putEvents"], all["eventbridge:putEvents"] = events, events
}

// runtimes are those that Lambda knows, or knew.
const runtimes = "nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x nodejs18.x nodejs20.x " +
	"nodejs22.x nodejs24.x java8 java8.al2 java11 java17 java21 java25 python2.7 python3.6 python3.7 python3.8 python3.9 python3.10 " +
	"python3.11 python3.12 python3.13 python3.14 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 dotnetcore3.1 dotnet6 dotnet8 dotnet10 " +
	"go1.x ruby2.5 ruby2.7 ruby3.2 ruby3.3 ruby3.4 provided provided.al2 provided.al2023"

func functions(all map[string]*shape) {
	all["lambda:invoke"] = object("StatusCode", number, "FunctionError LogResult", text, "ExecutedVersion", long(1), "Payload", anything)
	all["aws-sdk:lambda:invoke"] = object("StatusCode", number, "FunctionError LogResult", text, "ExecutedVersion", long(1), "Payload", blob)
	problem := object("ErrorCode Message", text)
	configuration := object(
		"FunctionName Version", long(1),
		"FunctionArn Role Handler Description LastModified CodeSha256 KMSKeyArn MasterArn RevisionId", text,
		"StateReason LastUpdateStatusReason SigningProfileVersionArn SigningJobArn", text,
		"State", oneOf("Pending Active Inactive Failed Deactivating Deactivated ActiveNonInvocable Deleting"),
		"LastUpdateStatus", oneOf("Successful Failed InProgress"), "PackageType", oneOf("Zip Image"),
		"Runtime", oneOf(runtimes), "StateReasonCode LastUpdateStatusReasonCode", text,
		"CodeSize", number, "Timeout", atLeast(1), "MemorySize", between(128, 10240),
		"VpcConfig", object("SubnetIds SecurityGroupIds", list(text), "VpcId", text, "Ipv6AllowedForDualStack", flag),
		"DeadLetterConfig", object("TargetArn", text),
		"Environment", object("Variables", dict(text), "Error", problem),
		"TracingConfig", object("Mode", oneOf("Active PassThrough")),
		"Layers", list(object("Arn", long(1), "SigningProfileVersionArn SigningJobArn", text, "CodeSize", number)),
		"FileSystemConfigs", list(object("Arn! LocalMountPath!", text)),
		"ImageConfigResponse", object("ImageConfig", object("EntryPoint Command", list(text), "WorkingDirectory", text), "Error", problem),
		"Architectures", list(oneOf("x86_64 arm64")),
		"EphemeralStorage", object("Size!", between(512, 10240)),
		"SnapStart", object("ApplyOn", oneOf("PublishedVersions None"), "OptimizationStatus", oneOf("On Off")),
		"RuntimeVersionConfig", object("RuntimeVersionArn", long(26), "Error", problem),
		"LoggingConfig", object("LogFormat", oneOf("JSON Text"), "ApplicationLogLevel", oneOf("TRACE DEBUG INFO WARN ERROR FATAL"),
			"SystemLogLevel", oneOf("DEBUG INFO WARN"), "LogGroup", long(1)))
	all["lambda:getFunctionConfiguration"] = configuration
	all["lambda:createFunction"] = configuration
	all["lambda:updateFunctionCode"] = configuration
	all["lambda:updateFunctionConfiguration"] = configuration
	all["lambda:publishVersion"] = configuration
	all["lambda:listFunctions"] = object("NextMarker", text, "Functions", list(configuration))
	all["lambda:getFunction"] = object("Configuration", configuration,
		"Code", object("RepositoryType Location ImageUri ResolvedImageUri SourceKMSKeyArn", text),
		"Tags", dict(text), "TagsError", object("ErrorCode! Message!", text),
		"Concurrency", object("ReservedConcurrentExecutions", atLeast(0)))
}

func messages(all map[string]*shape) {
	all["sqs:sendMessage"] = object("MD5OfMessageBody MD5OfMessageAttributes MD5OfMessageSystemAttributes MessageId SequenceNumber", text)
	failed := list(object("Id! Code!", text, "SenderFault!", flag, "Message", text))
	all["sqs:sendMessageBatch"] = object(
		"Successful!", list(object("Id! MessageId! MD5OfMessageBody!", text, "MD5OfMessageAttributes MD5OfMessageSystemAttributes SequenceNumber", text)),
		"Failed!", failed)
	attribute := object("StringValue BinaryValue", text, "StringListValues BinaryListValues", list(text), "DataType!", text)
	all["sqs:receiveMessage"] = object("Messages", list(object("MessageId ReceiptHandle MD5OfBody Body MD5OfMessageAttributes", text,
		"Attributes", dict(text), "MessageAttributes", dict(attribute))))
	all["sqs:deleteMessage"] = object()
	all["sqs:getQueueUrl"] = object("QueueUrl", text)
	all["sqs:getQueueAttributes"] = object("Attributes", dict(text))
	all["sns:publish"] = object("MessageId SequenceNumber", text)
	all["sns:publishBatch"] = object(
		"Successful", list(object("Id MessageId SequenceNumber", text)), "Failed", failed)
}

func tables(all map[string]*shape) {
	value := &shape{}
	*value = *object("S N B", text, "SS NS BS", list(text), "M", dict(value), "L", list(value), "NULL BOOL", flag)
	item := dict(value)
	units := "ReadCapacityUnits WriteCapacityUnits CapacityUnits"
	capacity := object("TableName", long(1), units, number, "Table", object(units, number),
		"LocalSecondaryIndexes GlobalSecondaryIndexes", dict(object(units, number)))
	metrics := object("ItemCollectionKey", item, "SizeEstimateRangeGB", list(number))
	changed := object("Attributes", item, "ConsumedCapacity", capacity, "ItemCollectionMetrics", metrics)
	found := object("Items", list(item), "Count ScannedCount", number, "LastEvaluatedKey", item, "ConsumedCapacity", capacity)
	all["dynamodb:putItem"] = changed
	all["dynamodb:updateItem"] = changed
	all["dynamodb:deleteItem"] = changed
	all["dynamodb:getItem"] = object("Item", item, "ConsumedCapacity", capacity)
	all["dynamodb:query"] = found
	all["dynamodb:scan"] = found
	all["dynamodb:batchGetItem"] = object("Responses", dict(list(item)), "UnprocessedKeys", dict(anything), "ConsumedCapacity", list(capacity))
	all["dynamodb:batchWriteItem"] = object("UnprocessedItems", dict(list(anything)), "ItemCollectionMetrics", dict(list(metrics)), "ConsumedCapacity", list(capacity))
}

func objects(all map[string]*shape) {
	checksums := "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256"
	encryption := "SSECustomerAlgorithm SSECustomerKeyMD5 SSEKMSKeyId"
	checksumType, charged := oneOf("COMPOSITE FULL_OBJECT"), oneOf("requester")
	encrypted := oneOf("AES256 aws:fsx aws:kms aws:kms:dsse")
	class := oneOf("STANDARD REDUCED_REDUNDANCY STANDARD_IA ONEZONE_IA INTELLIGENT_TIERING GLACIER DEEP_ARCHIVE OUTPOSTS GLACIER_IR SNOW " +
		"EXPRESS_ONEZONE FSX_OPENZFS FSX_ONTAP")
	head := []any{
		"AcceptRanges Expiration Restore LastModified ETag VersionId CacheControl ContentDisposition ContentEncoding", text,
		"ContentLanguage ContentType ContentRange ExpiresString Expires WebsiteRedirectLocation", text,
		"ObjectLockRetainUntilDate", text, checksums, text, encryption, text, "ChecksumType", checksumType,
		"ServerSideEncryption", encrypted, "RequestCharged", charged, "StorageClass", class,
		"ReplicationStatus", oneOf("COMPLETE PENDING FAILED REPLICA COMPLETED"), "ObjectLockMode", oneOf("GOVERNANCE COMPLIANCE"),
		"ObjectLockLegalHoldStatus", oneOf("ON OFF"),
		"DeleteMarker BucketKeyEnabled", flag, "ContentLength MissingMeta PartsCount TagCount", number, "Metadata", dict(text),
	}
	all["s3:getObject"] = object(append(head, "Body", blob)...)
	all["s3:headObject"] = object(append(head, "ArchiveStatus", oneOf("ARCHIVE_ACCESS DEEP_ARCHIVE_ACCESS"))...)
	all["s3:putObject"] = object("Expiration ETag VersionId SSEKMSEncryptionContext", text, checksums, text, encryption, text,
		"ChecksumType", checksumType, "ServerSideEncryption", encrypted, "RequestCharged", charged,
		"BucketKeyEnabled", flag, "Size", number)
	all["s3:deleteObject"] = object("DeleteMarker", flag, "VersionId", text, "RequestCharged", charged)
	all["s3:copyObject"] = object("CopyObjectResult", object("ETag LastModified", text, checksums, text, "ChecksumType", checksumType),
		"Expiration CopySourceVersionId VersionId SSEKMSEncryptionContext", text, encryption, text,
		"ServerSideEncryption", encrypted, "RequestCharged", charged, "BucketKeyEnabled", flag)
	owner := object("DisplayName ID", text)
	all["s3:listObjectsV2"] = object("IsTruncated", flag,
		"Contents", list(object("Key", long(1), "LastModified ETag", text, "StorageClass", class, "ChecksumType", checksumType,
			"ChecksumAlgorithm", list(oneOf("CRC32 CRC32C SHA1 SHA256 CRC64NVME")), "Size", number, "Owner", owner)),
		"Name Prefix Delimiter ContinuationToken NextContinuationToken StartAfter", text,
		"EncodingType", oneOf("url"), "RequestCharged", charged,
		"MaxKeys KeyCount", number, "CommonPrefixes", list(object("Prefix", text)))
	all["s3:listBuckets"] = object("Buckets", list(object("Name CreationDate BucketRegion BucketArn", text)), "Owner", owner, "ContinuationToken Prefix", text)
}

func secrets(all map[string]*shape) {
	algorithm := oneOf("SYMMETRIC_DEFAULT RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 SM2PKE")
	all["kms:encrypt"] = object("CiphertextBlob", blob, "KeyId", long(1), "EncryptionAlgorithm", algorithm)
	all["kms:decrypt"] = object("KeyId", long(1), "Plaintext CiphertextForRecipient KeyMaterialId", text, "EncryptionAlgorithm", algorithm)
	all["kms:generateDataKey"] = object("CiphertextBlob Plaintext CiphertextForRecipient KeyMaterialId", text, "KeyId", long(1))
	all["kms:sign"] = object("KeyId", long(1), "Signature", text, "SigningAlgorithm", oneOf("RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 "+
		"RSASSA_PSS_SHA_512 RSASSA_PKCS1_V1_5_SHA_256 RSASSA_PKCS1_V1_5_SHA_384 RSASSA_PKCS1_V1_5_SHA_512 ECDSA_SHA_256 ECDSA_SHA_384 "+
		"ECDSA_SHA_512 SM2DSA ML_DSA_SHAKE_256 ED25519_SHA_512 ED25519_PH_SHA_512"))
	arn, name, version, stages := long(20), long(1), long(32), list(long(1))
	all["secretsmanager:getSecretValue"] = object("ARN", arn, "Name", name, "VersionId", version,
		"SecretBinary SecretString CreatedDate", text, "VersionStages", stages)
	all["secretsmanager:createSecret"] = object("ARN", arn, "Name", name, "VersionId", version, "ReplicationStatus",
		list(object("Region", long(1), "KmsKeyId StatusMessage LastAccessedDate", text, "Status", oneOf("InSync Failed InProgress"))))
	all["secretsmanager:putSecretValue"] = object("ARN", arn, "Name", name, "VersionId", version, "VersionStages", stages)
	all["secretsmanager:deleteSecret"] = object("ARN", arn, "Name", name, "DeletionDate", text)
	parameter := object("Name", long(1), "Type", oneOf("String StringList SecureString"),
		"Value Selector SourceResult LastModifiedDate ARN DataType", text, "Version", number)
	all["ssm:getParameter"] = object("Parameter", parameter)
	all["ssm:getParameters"] = object("Parameters", list(parameter), "InvalidParameters", list(text))
	all["ssm:putParameter"] = object("Version", number, "Tier", oneOf("Standard Advanced Intelligent-Tiering"))
	all["sts:getCallerIdentity"] = object("UserId Account Arn", text)
}

func languageModels(all map[string]*shape) {
	all["bedrock:invokeModel"] = object("Body", anything, "ContentType", text)
	all["bedrockruntime:invokeModel"] = object("Body! ContentType!", text, "PerformanceConfigLatency ServiceTier", text)
	usage := object("InputTokens! OutputTokens! TotalTokens!", atLeast(0), "CacheReadInputTokens CacheWriteInputTokens", atLeast(0))
	all["bedrockruntime:converse"] = object(
		"Output!", object("Message", object("Role!", oneOf("user assistant"), "Content!", list(anything))),
		"StopReason!", oneOf("end_turn tool_use max_tokens stop_sequence guardrail_intervened content_filtered malformed_model_output "+
			"malformed_tool_use model_context_window_exceeded"), "Usage!", usage, "Metrics!", object("LatencyMs!", atLeast(0)),
		"AdditionalModelResponseFields Trace PerformanceConfig", anything)
}
