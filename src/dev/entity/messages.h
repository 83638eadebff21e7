#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/text/text.h"

/// The messages of the platform's API. They are those of Apache OpenWhisk's controller
/// (common/scala/src/main/scala/org/apache/openwhisk/http/ErrorResponse.scala, Messages), or of Akka HTTP, where the
/// controller leaves the answer to that library.
namespace adit::dev::messages {

// Requests
inline constexpr std::string_view kNotFound = "The requested resource does not exist.";
inline constexpr std::string_view kNoCredentials =
    "The resource requires authentication, which was not supplied with the request";
inline constexpr std::string_view kWrongCredentials = "The supplied authentication is invalid";
inline constexpr std::string_view kNotAuthorized =
    "The supplied authentication is not authorized to access this resource.";
inline std::string not_authorized_for(std::string_view resource) {
  return cat("The supplied authentication is not authorized to access '", resource, "'.");
}
inline constexpr std::string_view kUnauthorized = "Authentication is possible but has failed or not yet been provided.";
inline constexpr std::string_view kInternalError = "There was an internal server error.";
inline constexpr std::string_view kUnavailable =
    "The server is currently unavailable (because it is overloaded or down for maintenance).";
inline constexpr std::string_view kParametersNotAllowed =
    "Request defines parameters that are not allowed (e.g., reserved properties).";
inline constexpr std::string_view kNotJson = "The request's Content-Type is not supported. Expected:\napplication/json";

inline std::string wrong_method(std::string_view supported) {
  return cat("HTTP method not allowed, supported methods: ", supported);
}
inline std::string malformed_content(std::string_view why) { return cat("The request content was malformed:\n", why); }
inline std::string malformed_parameter(std::string_view name, std::string_view why) {
  return cat("The query parameter '", name, "' was malformed:\n", why);
}
inline std::string entity_too_big(std::string_view what, std::size_t size, std::size_t allowed) {
  return cat(what, " larger than allowed: ", size, " > ", allowed, " bytes.");
}

// Entities
inline constexpr std::string_view kNameIllegal = "The name of the entity contains illegal characters.";
inline constexpr std::string_view kNameNotQualified =
    "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.";
inline constexpr std::string_view kNamespaceIllegal = "The namespace contains illegal characters.";
/// `what` is `Name segment` or `Namespace`.
inline std::string name_too_long(std::string_view what, std::size_t length) {
  return cat(what, " longer than allowed: ", length, " > 256.");
}
inline constexpr std::string_view kAlreadyExists = "resource already exists";
inline constexpr std::string_view kOtherCollection = "Resource by this name exists but is not in this collection.";
inline constexpr std::string_view kExecUndefined = "exec undefined";
inline constexpr std::string_view kParametersMalformed = "parameters malformed!";
inline constexpr std::string_view kBindingMissing = "Binding references a package that does not exist.";
inline constexpr std::string_view kPackageNotBinding = "Resource is a package and cannot be converted into a binding.";
inline constexpr std::string_view kBindingToOther = "Cannot bind to a resource that is not a package.";
inline constexpr std::string_view kBindingToBinding = "Cannot bind to another package binding.";
inline constexpr std::string_view kNotOnBinding = "Operation not permitted on package binding.";
inline std::string package_name_reserved(std::string_view name) {
  return cat("Package name '", name, "' is reserved.");
}
/// The sentence about `force` comes from Adobe I/O Runtime and newer controllers.
inline std::string package_not_empty(std::size_t entities) {
  return cat("Package not empty (contains ", entities, entities == 1 ? " entity" : " entities",
             "). Set force param or delete package contents.");
}
inline constexpr std::string_view kRuleIncomplete = "rule requires a valid trigger and a valid action";
inline constexpr std::string_view kRuleWithoutTrigger = "Only rules with existing triggers can be activated";
inline constexpr std::string_view kFeedNameInvalid = "Feed name is not valid";
inline std::string reference_missing(std::string_view path) { return cat(path, " does not exist"); }
inline std::string rule_inactive(std::string_view rule, std::string_view action) {
  return cat("Rule '", rule, "' is inactive, action '", action, "' was not activated.");
}
/// Messages that OpenWhisk does not have. Entities of the served project can be changed only in its files.
inline constexpr std::string_view kOfTheProject =
    "This entity is the project's own: remove it from the project's manifest, or deploy one of the same name over it.";
inline constexpr std::string_view kNoPage = "A web page may not deploy: deployed code runs as the user.";
inline constexpr std::string_view kNoDeployments = "Deployments are refused: adit dev was started with --no-deploy.";

// Query parameters; these follow malformed_parameter().
inline std::string invalid_timeout(std::chrono::milliseconds max) {
  return cat("Timeout must be number of milliseconds up to ", max.count(), ".");
}
inline std::string not_an_integer(std::string_view value, std::string_view collection) {
  return cat("The value '", value, "' is not an integer for ", collection, ".");
}
inline std::string limit_out_of_range(int value, int max, std::string_view collection) {
  return cat("The value '", value, "' is not in the range of 0 to ", max, " for ", collection, ".");
}
inline std::string skip_out_of_range(int value, std::string_view collection) {
  return cat("The value '", value, "' is not greater than or equal to 0 for ", collection, ".");
}
inline std::string not_a_boolean(std::string_view value) { return cat("'", value, "' is not a valid Boolean value"); }
inline std::string bad_epoch(std::string_view value) {
  return cat("Parameter is not a valid value for epoch seconds: ", value);
}
inline std::string bad_name_filter(std::string_view value) {
  return cat("Parameter may be a 'simple' name or 'package-name/simple' name: ", value);
}
inline constexpr std::string_view kDocsWithCount = "The parameter 'docs' is not permitted with 'count'.";

// Limits of a namespace
inline constexpr std::string_view kNoInnerLimits = "Inner entity level routes for limits are not yet implemented.";

// Activations
inline constexpr std::string_view kActivationIdIllegal = "The activation id is not valid.";
inline std::string activation_id_length(std::size_t length) {
  return cat("Activation id length is ", length, " but must be 32.");
}
inline constexpr std::string_view kAbnormalInitialization = "The action did not initialize and exited unexpectedly.";
inline constexpr std::string_view kAbnormalRun = "The action did not produce a valid response and exited unexpectedly.";
inline constexpr std::string_view kMemoryExhausted = "The action exhausted its memory and was aborted.";
inline std::string timed_out(std::chrono::milliseconds limit, bool during_initialization) {
  return cat("The action exceeded its time limits of ", limit.count(), " milliseconds",
             during_initialization ? " during initialization." : ".");
}
inline std::string invalid_init_response(std::string_view answer) {
  return cat("The action failed during initialization", answer.empty() ? "." : ": ", answer);
}
inline std::string invalid_run_response(std::string_view answer) {
  return cat("The action did not produce a valid JSON response", answer.empty() ? "." : ": ", answer);
}
inline std::string response_too_large(std::size_t size, std::size_t allowed) {
  return cat("The action produced a response that exceeded the allowed length: ", size, " > ", allowed, " bytes.");
}
inline std::string logs_truncated(std::size_t limit) {
  return cat("Logs were truncated because the total bytes size exceeds the limit of ", limit, " bytes.");
}

// Sequences
inline constexpr std::string_view kSequenceTooLong = "Too many actions in the sequence.";
inline constexpr std::string_view kSequenceEmpty = "No component specified for the sequence.";
inline constexpr std::string_view kSequenceCyclic = "Sequence may not refer to itself.";
inline constexpr std::string_view kSequenceComponentMissing = "Sequence component does not exist.";

// Compositions
inline constexpr std::string_view kCompositionTooLong = "Too many actions in the composition.";
inline std::string composition_component_invalid(std::string_view name) {
  return cat("Failed to parse action name from json value ", name, " during composition.");
}
inline std::string composition_component_missing(std::string_view path) {
  return cat("Failed to resolve action with name '", path, "' during composition.");
}

// Web actions
inline constexpr std::string_view kResponseNotReady = "Response not yet ready.";
inline constexpr std::string_view kErrorProcessing = "There was an error processing your request.";
inline constexpr std::string_view kPropertyNotFound = "Response does not include requested property.";
inline constexpr std::string_view kContentTypeMismatch =
    "Response type in header did not match generated content type.";
inline constexpr std::string_view kUnknownContentType = "Response did not specify a known content-type.";
inline std::string invalid_media(std::string_view type) { return cat("Response is not valid '", type, "'."); }
inline std::string not_acceptable(std::string_view type) {
  return cat("Resource representation is only available with these types:\n", type);
}

}  // namespace adit::dev::messages
