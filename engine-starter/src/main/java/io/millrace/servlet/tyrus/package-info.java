/**
 * {@code jakarta.websocket} in the servlet container: Tyrus on top of the upgrade of
 * Servlet 6.1 §2.3.3.5. The one room that knows Tyrus; nothing else of ours needs it.
 */
@NullMarked
package io.millrace.servlet.tyrus;

import org.jspecify.annotations.NullMarked;
