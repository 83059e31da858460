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
	started := object("ExecutionArn! StartDate!", text)
	all["sfn:startExecution"] = started
	all["states:startExecution"] = started
	all["sfn:startSyncExecution"] = object("ExecutionArn! StartDate! StopDate! Status!", text,
		"StateMachineArn Name Error Cause Input Output TraceHeader", text,
		"InputDetails OutputDetails", details,
		"BillingDetails", object("BilledMemoryUsedInMB BilledDurationInMilliseconds", atLeast(0)))
	all["sfn:describeExecution"] = object("ExecutionArn! StateMachineArn! Status! StartDate!", text,
		"Name StopDate Input Output TraceHeader MapRunArn Error Cause StateMachineVersionArn StateMachineAliasArn RedriveDate RedriveStatus RedriveStatusReason", text,
		"RedriveCount", number, "InputDetails OutputDetails", details)
	all["sfn:stopExecution"] = object("StopDate!", timestamp)
	all["sfn:listExecutions"] = object("Executions!", list(object("ExecutionArn! StateMachineArn! Name! Status! StartDate!", text,
		"StopDate MapRunArn StateMachineVersionArn StateMachineAliasArn RedriveDate", text, "ItemCount", atLeast(0), "RedriveCount", number)),
		"NextToken", text)
	all["sfn:sendTaskSuccess"] = object()
	all["sfn:sendTaskFailure"] = object()
	all["sfn:sendTaskHeartbeat"] = object()
	all["sfn:getActivityTask"] = object("TaskToken Input", text)
	events := object("FailedEntryCount", number, "Entries", list(object("EventId ErrorCode ErrorMessage", text)))
	all["events:putEvents"], all["eventbridge:putEvents"] = events, events
}

func functions(all map[string]*shape) {
	all["lambda:invoke"] = object("StatusCode", number, "FunctionError LogResult ExecutedVersion", text, "Payload", anything)
	all["aws-sdk:lambda:invoke"] = object("StatusCode", number, "FunctionError LogResult ExecutedVersion", text, "Payload", blob)
	problem := object("ErrorCode Message", text)
	configuration := object(
		"FunctionName FunctionArn Runtime Role Handler Description LastModified CodeSha256 Version KMSKeyArn MasterArn RevisionId", text,
		"State StateReason StateReasonCode LastUpdateStatus LastUpdateStatusReason LastUpdateStatusReasonCode PackageType", text,
		"SigningProfileVersionArn SigningJobArn", text,
		"CodeSize", number, "Timeout", atLeast(1), "MemorySize", between(128, 10240),
		"VpcConfig", object("SubnetIds SecurityGroupIds", list(text), "VpcId", text, "Ipv6AllowedForDualStack", flag),
		"DeadLetterConfig", object("TargetArn", text),
		"Environment", object("Variables", dict(text), "Error", problem),
		"TracingConfig", object("Mode", text),
		"Layers", list(object("Arn SigningProfileVersionArn SigningJobArn", text, "CodeSize", number)),
		"FileSystemConfigs", list(object("Arn! LocalMountPath!", text)),
		"ImageConfigResponse", object("ImageConfig", object("EntryPoint Command", list(text), "WorkingDirectory", text), "Error", problem),
		"Architectures", list(text),
		"EphemeralStorage", object("Size!", between(512, 10240)),
		"SnapStart", object("ApplyOn OptimizationStatus", text),
		"RuntimeVersionConfig", object("RuntimeVersionArn", text, "Error", problem),
		"LoggingConfig", object("LogFormat ApplicationLogLevel SystemLogLevel LogGroup", text))
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
	capacity := object("TableName", text, units, number, "Table", object(units, number),
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
	checksums := "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumType"
	encryption := "ServerSideEncryption SSECustomerAlgorithm SSECustomerKeyMD5 SSEKMSKeyId RequestCharged"
	head := []any{
		"AcceptRanges Expiration Restore LastModified ETag VersionId CacheControl ContentDisposition ContentEncoding", text,
		"ContentLanguage ContentType ContentRange ExpiresString Expires WebsiteRedirectLocation StorageClass ReplicationStatus", text,
		"ObjectLockMode ObjectLockRetainUntilDate ObjectLockLegalHoldStatus", text, checksums, text, encryption, text,
		"DeleteMarker BucketKeyEnabled", flag, "ContentLength MissingMeta PartsCount TagCount", number, "Metadata", dict(text),
	}
	all["s3:getObject"] = object(append(head, "Body", blob)...)
	all["s3:headObject"] = object(append(head, "ArchiveStatus", text)...)
	all["s3:putObject"] = object("Expiration ETag VersionId SSEKMSEncryptionContext", text, checksums, text, encryption, text,
		"BucketKeyEnabled", flag, "Size", number)
	all["s3:deleteObject"] = object("DeleteMarker", flag, "VersionId RequestCharged", text)
	all["s3:copyObject"] = object("CopyObjectResult", object("ETag LastModified", text, checksums, text),
		"Expiration CopySourceVersionId VersionId SSEKMSEncryptionContext", text, encryption, text, "BucketKeyEnabled", flag)
	owner := object("DisplayName ID", text)
	all["s3:listObjectsV2"] = object("IsTruncated", flag,
		"Contents", list(object("Key LastModified ETag StorageClass ChecksumType", text, "ChecksumAlgorithm", list(text), "Size", number, "Owner", owner)),
		"Name Prefix Delimiter EncodingType ContinuationToken NextContinuationToken StartAfter RequestCharged", text,
		"MaxKeys KeyCount", number, "CommonPrefixes", list(object("Prefix", text)))
	all["s3:listBuckets"] = object("Buckets", list(object("Name CreationDate BucketRegion BucketArn", text)), "Owner", owner, "ContinuationToken Prefix", text)
}

func secrets(all map[string]*shape) {
	all["kms:encrypt"] = object("CiphertextBlob", blob, "KeyId EncryptionAlgorithm", text)
	all["kms:decrypt"] = object("KeyId Plaintext EncryptionAlgorithm CiphertextForRecipient KeyMaterialId", text)
	all["kms:generateDataKey"] = object("CiphertextBlob Plaintext KeyId CiphertextForRecipient KeyMaterialId", text)
	all["kms:sign"] = object("KeyId Signature SigningAlgorithm", text)
	all["secretsmanager:getSecretValue"] = object("ARN Name VersionId SecretBinary SecretString CreatedDate", text, "VersionStages", list(text))
	all["secretsmanager:createSecret"] = object("ARN Name VersionId", text, "ReplicationStatus",
		list(object("Region KmsKeyId Status StatusMessage LastAccessedDate", text)))
	all["secretsmanager:putSecretValue"] = object("ARN Name VersionId", text, "VersionStages", list(text))
	all["secretsmanager:deleteSecret"] = object("ARN Name DeletionDate", text)
	parameter := object("Name Type Value Selector SourceResult LastModifiedDate ARN DataType", text, "Version", number)
	all["ssm:getParameter"] = object("Parameter", parameter)
	all["ssm:getParameters"] = object("Parameters", list(parameter), "InvalidParameters", list(text))
	all["ssm:putParameter"] = object("Version", number, "Tier", text)
	all["sts:getCallerIdentity"] = object("UserId Account Arn", text)
}

func languageModels(all map[string]*shape) {
	all["bedrock:invokeModel"] = object("Body", anything, "ContentType", text)
	all["bedrockruntime:invokeModel"] = object("Body! ContentType!", text, "PerformanceConfigLatency ServiceTier", text)
	usage := object("InputTokens! OutputTokens! TotalTokens!", atLeast(0), "CacheReadInputTokens CacheWriteInputTokens", atLeast(0))
	all["bedrockruntime:converse"] = object(
		"Output!", object("Message", object("Role!", text, "Content!", list(anything))),
		"StopReason!", text, "Usage!", usage, "Metrics!", object("LatencyMs!", atLeast(0)),
		"AdditionalModelResponseFields Trace PerformanceConfig", anything)
}
