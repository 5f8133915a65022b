package io.millrace.core.http2;

import io.millrace.core.connection.ConnectionServices;

/**
 * What all HTTP/2 connections of an engine share.
 *
 * @param options what the server says in its SETTINGS
 * @param shared what connections of all protocol versions share
 */
public record Http2Services(Http2Options options, ConnectionServices shared) {

}
