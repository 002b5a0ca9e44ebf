/** Short notices at the bottom of the page. `NoticeLayer` draws them. */
export { toast as notify } from 'sonner';
