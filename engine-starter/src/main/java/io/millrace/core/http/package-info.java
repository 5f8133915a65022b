/**
 * The contract between engine and application, the same for every protocol version: an
 * {@link io.millrace.core.http.Exchange} is handed to an
 * {@link io.millrace.core.http.ExchangeHandler}.
 */
@NullMarked
package io.millrace.core.http;

import org.jspecify.annotations.NullMarked;
