package io.millrace.servlet;

/**
 * What bounds a multipart request beside its {@code MultipartConfigElement}.
 *
 * @param maxParts the most parts, above which it is refused
 * @param maxPartHeaderSize the most bytes of headers of one part
 */
public record MultipartLimits(int maxParts, int maxPartHeaderSize) {

	/** 50 parts of 512 bytes of headers each, as Tomcat has it. */
	public static final MultipartLimits DEFAULTS = new MultipartLimits(50, 512);

}
