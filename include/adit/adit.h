#pragma once

// Includes every header of adit except adit/asio.h, which needs Boost.Asio. To compile faster, include only the headers
// that you need. Functions that fail throw adit::Error (adit/error.h). Each header says how thread-safe its classes are
// and which source they follow.
//
//     #include <iostream>
//
//     #include "adit/adit.h"
//
//     int main() {
//       const auto credentials = adit::Credentials::from_env_file(".env");
//       std::cout << adit::token_source(credentials).get().expires_at().time_since_epoch().count() << '\n';
//     }

#include "adit/action.h"
#include "adit/api_client.h"
#include "adit/base64.h"
#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/emulator.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/log.h"
#include "adit/oauth_client.h"
#include "adit/secret.h"
#include "adit/signing_key.h"
#include "adit/token_engine.h"
#include "adit/token_source.h"
#include "adit/token_store.h"
#include "adit/token_verifier.h"
#include "adit/version.h"
