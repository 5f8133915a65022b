package io.millrace.core.http2;

import io.millrace.core.http.RequestHead;

/**
 * The request of HTTP/1.1 that has asked for HTTP/2 (RFC 7540 §3.2), and is answered as
 * stream 1.
 *
 * @param head its head, without what asks for the upgrade
 * @param settings the payload of the SETTINGS frame that it has carried
 */
public record UpgradedRequest(RequestHead head, byte[] settings) {

}
