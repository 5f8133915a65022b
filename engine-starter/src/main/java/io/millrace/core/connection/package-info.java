/**
 * What connections of all protocol versions have in common: that they are open and can be
 * drained, what they tell of themselves, and the fields of messages that HTTP/2 and
 * HTTP/3 do not write as text.
 */
@NullMarked
package io.millrace.core.connection;

import org.jspecify.annotations.NullMarked;
