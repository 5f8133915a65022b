package io.millrace.boot.servlet;

/**
 * The limits of forms; a request above one of them is refused.
 *
 * @param maxParameterCount how many parameters of query and form are taken, negative for
 * no limit
 * @param maxFormSize how many bytes a form in the body may have, negative for no limit
 * @param maxPartCount how many parts a multipart body may have, negative for no limit
 * @param maxPartHeaderSize how many bytes the header of a part may have, negative for no
 * limit
 */
public record ServletLimits(int maxParameterCount, long maxFormSize, int maxPartCount, int maxPartHeaderSize) {

	/**
	 * The limits that nobody changed, those of Tomcat: 1000, 2 MB, 50, 512 bytes.
	 * @return the defaults
	 */
	public static ServletLimits defaults() {
		return new ServletLimits(1000, 2 * 1024 * 1024, 50, 512);
	}

}
